package dnd.metrics.server.promql.exec;

import dnd.metrics.server.promql.plan.SelectPlan;
import dnd.metrics.server.promql.plan.Selection;
import dnd.metrics.server.promql.plan.StepGrid;

/** Chooses the operator of an instant selector. */
final class InstantSelects {
  private InstantSelects() {}

  static SeriesOperator of(
      QueryContext context, SelectPlan plan, StepGrid grid, InstantSelect.Take take) {
    if (take != InstantSelect.Take.VALUE) {
      // Times are those of samples, which nothing is between.
      return parallel(context, plan, grid, take);
    }
    return switch (plan.selection().mode()) {
      case PLAIN, ANCHORED -> parallel(context, plan, grid, take);
      case SMOOTHED -> new SmoothedSelect(context, plan, grid);
    };
  }

  private static SeriesOperator parallel(
      QueryContext context, SelectPlan plan, StepGrid grid, InstantSelect.Take take) {
    Selection selection = plan.selection();
    StepGrid times = selection.lookup().times(grid);
    return new ParallelSelect(
        context,
        selection,
        grid.count(),
        () -> {
          InstantSelect select = new InstantSelect(context, selection, times, take);
          return new SeriesPipeline(select, select);
        });
  }
}
