package dnd.metrics.server.promql.exec;

import org.jspecify.annotations.Nullable;

/**
 * An operator's series, and something to do once there are no more of them: where a text of an
 * annotation comes twice, the place that was named last counts, and that is the outer one.
 */
record EndOfSeries(SeriesOperator inner, Runnable then) implements SeriesOperator {
  @Override
  public @Nullable StepSeries next() {
    StepSeries series = inner.next();
    if (series == null) {
      then.run();
    }
    return series;
  }
}
