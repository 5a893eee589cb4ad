package dnd.metrics.server.promql.exec;

import dnd.metrics.server.promql.plan.StepGrid;
import org.jspecify.annotations.Nullable;

/** {@code timestamp} of an expression: the time of the evaluation wherever there is a sample. */
final class EvaluationTimes implements SeriesOperator {
  private final QueryContext context;
  private final SeriesOperator inner;
  private final StepGrid grid;

  EvaluationTimes(QueryContext context, SeriesOperator inner, StepGrid grid) {
    this.context = context;
    this.inner = inner;
    this.grid = grid;
  }

  @Override
  public @Nullable StepSeries next() {
    StepSeries series = inner.next();
    if (series == null) {
      return null;
    }
    context.check();
    for (int i = 0; i < grid.count(); i++) {
      if (series.has(i)) {
        series.setFloat(i, grid.time(i) / 1000.0);
      }
    }
    context.dropName(series);
    return series;
  }
}
