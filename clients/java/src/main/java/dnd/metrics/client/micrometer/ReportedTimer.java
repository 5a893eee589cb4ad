package dnd.metrics.client.micrometer;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.cumulative.CumulativeTimer;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.distribution.HistogramSnapshot;
import io.micrometer.core.instrument.distribution.pause.PauseDetector;
import java.util.concurrent.TimeUnit;

/** A timer whose buckets count up from the beginning. */
final class ReportedTimer extends CumulativeTimer {
  private final CumulativeBuckets buckets;

  ReportedTimer(
      Id id, Clock clock, DistributionStatisticConfig config, PauseDetector pauseDetector) {
    super(id, clock, CumulativeBuckets.without(config), pauseDetector, TimeUnit.SECONDS, false);
    buckets = new CumulativeBuckets(clock, config);
  }

  @Override
  protected void recordNonNegative(long amount, TimeUnit unit) {
    super.recordNonNegative(amount, unit);
    buckets.record(TimeUnit.NANOSECONDS.convert(amount, unit));
  }

  @Override
  public HistogramSnapshot takeSnapshot() {
    return buckets.in(super.takeSnapshot());
  }
}
