package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Histogram;
import org.jspecify.annotations.Nullable;

/** (Follows with the model's histogram arithmetic.) */
final class HistogramSums {
  HistogramSums(RangeCall call, boolean average) {}

  @Nullable Histogram evaluate(RangeSamples samples, int from, int to) {
    QueryException missing = NativeHistograms.missing();
    throw missing;
  }
}
