package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Histogram;
import org.jspecify.annotations.Nullable;

/** Unary minus, in place. */
final class NegateOperator implements SeriesOperator {
  private final QueryContext context;
  private final SeriesOperator inner;
  private final int steps;

  NegateOperator(QueryContext context, SeriesOperator inner, int steps) {
    this.context = context;
    this.inner = inner;
    this.steps = steps;
  }

  @Override
  public @Nullable StepSeries next() {
    StepSeries series = inner.next();
    if (series == null) {
      return null;
    }
    double[] values = series.values;
    for (int i = 0; i < steps; i++) {
      double v = values[i];
      values[i] = Double.isNaN(v) ? v : -v;
      Histogram histogram = series.histogram(i);
      if (histogram != null) {
        series.setHistogram(i, histogram.multipliedBy(-1));
      }
    }
    context.dropName(series);
    return series;
  }
}
