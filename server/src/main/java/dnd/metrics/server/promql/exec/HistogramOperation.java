package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Histogram;
import org.jspecify.annotations.Nullable;

/** (Follows with the model's histogram arithmetic.) */
final class HistogramOperation {
  HistogramOperation(
      QueryContext context,
      dnd.metrics.server.promql.parse.BinaryOp op,
      dnd.metrics.server.promql.parse.PositionRange position) {}

  @Nullable Histogram compute(double l, @Nullable Histogram lh, double r, @Nullable Histogram rh) {
    QueryException missing = NativeHistograms.missing();
    throw missing;
  }
}
