package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.promql.parse.PositionRange;
import org.jspecify.annotations.Nullable;

/** (Follows with the model's histogram arithmetic.) */
final class HistogramInterpolation {
  HistogramInterpolation(AnnotationCollector annotations, PositionRange position) {}

  @Nullable Histogram at(
      long time,
      long firstTime,
      Histogram first,
      long secondTime,
      Histogram second,
      boolean isCounter,
      String metricName) {
    QueryException missing = NativeHistograms.missing();
    throw missing;
  }
}
