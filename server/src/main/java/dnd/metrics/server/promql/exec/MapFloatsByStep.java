package dnd.metrics.server.promql.exec;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Applies a function with scalar arguments ({@code round}, {@code clamp}) to all floats of the
 * series, in place; histograms are left out.
 */
final class MapFloatsByStep implements SeriesOperator {
  private final QueryContext context;
  private final SeriesOperator inner;
  private final Supplier<StepFloatFunction> functions;
  private final int steps;
  private @Nullable StepFloatFunction function;

  /**
   * @param functions gives the function when it is first needed, its arguments evaluated
   */
  MapFloatsByStep(
      QueryContext context,
      SeriesOperator inner,
      Supplier<StepFloatFunction> functions,
      int steps) {
    this.context = context;
    this.inner = inner;
    this.functions = functions;
    this.steps = steps;
  }

  @Override
  public @Nullable StepSeries next() {
    if (function == null) {
      function = functions.get();
    }
    StepSeries series;
    while ((series = inner.next()) != null) {
      context.check();
      series.histograms = null;
      for (int i = 0; i < steps; i++) {
        if (series.hasFloat(i)) {
          series.values[i] = function.apply(i, series.values[i]);
        }
      }
      if (!series.isEmpty(steps)) {
        context.dropName(series);
        return series;
      }
      context.release(series);
    }
    return null;
  }
}
