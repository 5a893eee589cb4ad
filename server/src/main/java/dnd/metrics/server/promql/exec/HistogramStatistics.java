package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Histogram;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * {@code histogram_count}, {@code histogram_sum} and the like: a float of every native histogram;
 * floats are left out.
 */
final class HistogramStatistics implements SeriesOperator {
  private final QueryContext context;
  private final SeriesOperator inner;
  private final ToDoubleFunction<Histogram> statistic;
  private final int steps;

  HistogramStatistics(
      QueryContext context,
      SeriesOperator inner,
      ToDoubleFunction<Histogram> statistic,
      int steps) {
    this.context = context;
    this.inner = inner;
    this.statistic = statistic;
    this.steps = steps;
  }

  @Override
  public @Nullable StepSeries next() {
    StepSeries series;
    while ((series = inner.next()) != null) {
      context.check();
      for (int i = 0; i < steps; i++) {
        Histogram histogram = series.histogram(i);
        series.values[i] = histogram == null ? Absent.VALUE : statistic.applyAsDouble(histogram);
      }
      boolean any = series.histograms != null;
      series.histograms = null;
      if (any) {
        context.dropName(series);
        return series;
      }
      context.release(series);
    }
    return null;
  }
}
