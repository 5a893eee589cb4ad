package dnd.metrics.server.promql.exec;

import java.util.BitSet;

/** {@code scalar}: the one float of a vector at a step; NaN where there is none or several. */
final class ScalarOf implements ScalarOperator {
  private final QueryContext context;
  private final SeriesOperator inner;
  private final int steps;

  ScalarOf(QueryContext context, SeriesOperator inner, int steps) {
    this.context = context;
    this.inner = inner;
    this.steps = steps;
  }

  @Override
  public double[] values() {
    double[] out = context.array(steps);
    java.util.Arrays.fill(out, Double.NaN);
    BitSet found = new BitSet(steps);
    StepSeries series;
    while ((series = inner.next()) != null) {
      context.check();
      for (int i = 0; i < steps; i++) {
        if (series.hasFloat(i)) {
          out[i] = found.get(i) ? Double.NaN : series.values[i];
          found.set(i);
        }
      }
      context.release(series);
    }
    return out;
  }
}
