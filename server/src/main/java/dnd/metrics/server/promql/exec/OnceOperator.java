package dnd.metrics.server.promql.exec;

import org.jspecify.annotations.Nullable;

/** What was evaluated at one step, repeated at all. */
final class OnceOperator implements SeriesOperator {
  private final QueryContext context;
  private final SeriesOperator inner;
  private final int steps;

  OnceOperator(QueryContext context, SeriesOperator inner, int steps) {
    this.context = context;
    this.inner = inner;
    this.steps = steps;
  }

  @Override
  public @Nullable StepSeries next() {
    StepSeries once = inner.next();
    if (once == null) {
      return null;
    }
    StepSeries out = context.series(once.labeled(), once.dropName, steps);
    for (int i = 0; i < steps; i++) {
      var histogram = once.histogram(0);
      if (histogram != null) {
        out.setHistogram(i, histogram);
      } else {
        out.values[i] = once.values[0];
      }
    }
    context.release(once);
    return out;
  }
}
