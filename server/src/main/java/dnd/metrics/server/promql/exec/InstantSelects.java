package dnd.metrics.server.promql.exec;

import dnd.metrics.server.promql.plan.SelectPlan;
import dnd.metrics.server.promql.plan.StepGrid;

/** Chooses the operator of an instant selector. */
final class InstantSelects {
  private InstantSelects() {}

  static SeriesOperator of(
      QueryContext context, SelectPlan plan, StepGrid grid, InstantSelect.Take take) {
    if (take != InstantSelect.Take.VALUE) {
      // Times are those of samples, which nothing is between.
      return new InstantSelect(
          context, plan.selection(), plan.selection().lookup().times(grid), take);
    }
    return switch (plan.selection().mode()) {
      case PLAIN, ANCHORED ->
          new InstantSelect(context, plan.selection(), plan.selection().lookup().times(grid), take);
      case SMOOTHED -> new SmoothedSelect(context, plan, grid);
    };
  }
}
