package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Histogram;
import org.jspecify.annotations.Nullable;

/** (Follows with the model's histogram arithmetic.) */
final class HistogramArithmetic {
  HistogramArithmetic(
      QueryContext context,
      String metricName,
      dnd.metrics.server.promql.parse.PositionRange position) {}

  @Nullable Histogram subtract(Histogram a, Histogram b) {
    QueryException missing = NativeHistograms.missing();
    throw missing;
  }
}
