package dnd.metrics.server.promql.exec;

import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Applies a function to all floats of the series, in place; histograms are left out. */
final class MapFloats implements SeriesOperator {
  private final QueryContext context;
  private final SeriesOperator inner;
  private final DoubleUnaryOperator function;
  private final int steps;

  MapFloats(QueryContext context, SeriesOperator inner, DoubleUnaryOperator function, int steps) {
    this.context = context;
    this.inner = inner;
    this.function = function;
    this.steps = steps;
  }

  @Override
  public @Nullable StepSeries next() {
    StepSeries series;
    while ((series = inner.next()) != null) {
      context.check();
      series.histograms = null;
      boolean any = false;
      double[] values = series.values;
      for (int i = 0; i < steps; i++) {
        double v = values[i];
        if (!Double.isNaN(v) || !Absent.is(v)) {
          values[i] = function.applyAsDouble(v);
          any = true;
        }
      }
      if (any) {
        context.dropName(series);
        return series;
      }
      context.release(series);
    }
    return null;
  }
}
