package dnd.metrics.server.promql.exec;

import dnd.metrics.server.promql.plan.CallPlan;
import dnd.metrics.server.promql.plan.StepGrid;

/** (Follows.) */
final class HistogramQuantile {
  private HistogramQuantile() {}

  static SeriesOperator of(
      QueryContext context, Operators operators, CallPlan plan, StepGrid grid) {
    QueryException missing = VectorFunctions.notEvaluated("histogram_quantile");
    throw missing;
  }
}
