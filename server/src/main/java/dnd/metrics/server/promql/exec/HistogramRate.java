package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Histogram;
import org.jspecify.annotations.Nullable;

/** (Follows with the model's histogram arithmetic.) */
final class HistogramRate {
  HistogramRate(RangeCall call, boolean isCounter) {}

  @Nullable Histogram evaluate(
      RangeSamples samples, Windows windows, int step, boolean useStarts, boolean isRate) {
    QueryException missing = NativeHistograms.missing();
    throw missing;
  }
}
