package dnd.metrics.client.micrometer;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.distribution.HistogramSnapshot;
import io.micrometer.core.instrument.distribution.TimeWindowFixedBoundaryHistogram;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The buckets of a timer or summary, which count up from the beginning, as a metrics database wants
 * them; Micrometer's own forget what is older than some minutes. None where its configuration asks
 * for none.
 */
final class CumulativeBuckets {
  private static final Duration FOR_EVER = Duration.ofDays(1825);

  private final @Nullable TimeWindowFixedBoundaryHistogram counts;

  CumulativeBuckets(Clock clock, DistributionStatisticConfig config) {
    counts =
        areAskedFor(config)
            ? new TimeWindowFixedBoundaryHistogram(clock, forEver(config), true)
            : null;
  }

  private static boolean areAskedFor(DistributionStatisticConfig config) {
    double[] objectives = config.getServiceLevelObjectiveBoundaries();
    return Boolean.TRUE.equals(config.isPercentileHistogram())
        || (objectives != null && objectives.length > 0);
  }

  private static DistributionStatisticConfig forEver(DistributionStatisticConfig config) {
    return DistributionStatisticConfig.builder()
        .expiry(FOR_EVER)
        .bufferLength(1)
        .build()
        .merge(config);
  }

  void record(long amount) {
    if (counts != null) {
      counts.recordLong(amount);
    }
  }

  void record(double amount) {
    if (counts != null) {
      counts.recordDouble(amount);
    }
  }

  /** {@code recent}, whose maximum and percentiles are of the last minutes, with these buckets. */
  HistogramSnapshot in(HistogramSnapshot recent) {
    if (counts == null) {
      return recent;
    }
    CountAtBucket[] buckets = counts.takeSnapshot(0, 0, 0).histogramCounts();
    return new HistogramSnapshot(
        recent.count(),
        recent.total(),
        recent.max(),
        recent.percentileValues(),
        buckets,
        (out, scale) -> {});
  }

  /** The configuration of what is of the last minutes: percentiles only, where there are any. */
  static DistributionStatisticConfig without(DistributionStatisticConfig config) {
    return DistributionStatisticConfig.builder()
        .percentilesHistogram(false)
        .serviceLevelObjectives()
        .build()
        .merge(config);
  }
}
