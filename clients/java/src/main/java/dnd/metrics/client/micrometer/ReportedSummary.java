package dnd.metrics.client.micrometer;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.cumulative.CumulativeDistributionSummary;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.distribution.HistogramSnapshot;

/** A distribution summary whose buckets count up from the beginning. */
final class ReportedSummary extends CumulativeDistributionSummary {
  private final CumulativeBuckets buckets;

  ReportedSummary(Id id, Clock clock, DistributionStatisticConfig config, double scale) {
    super(id, clock, CumulativeBuckets.without(config), scale, false);
    buckets = new CumulativeBuckets(clock, config);
  }

  @Override
  protected void recordNonNegative(double amount) {
    super.recordNonNegative(amount);
    buckets.record(amount);
  }

  @Override
  public HistogramSnapshot takeSnapshot() {
    return buckets.in(super.takeSnapshot());
  }
}
