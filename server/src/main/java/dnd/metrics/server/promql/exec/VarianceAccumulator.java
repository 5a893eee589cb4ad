package dnd.metrics.server.promql.exec;

/** {@code stdvar} and {@code stddev} of the floats: Welford's algorithm. */
final class VarianceAccumulator implements GroupAccumulator {
  private final AggregateCall call;
  private final boolean root;
  private final double[] means;
  private final double[] squares;
  private final int[] counts;

  VarianceAccumulator(AggregateCall call, boolean root) {
    this.call = call;
    this.root = root;
    means = call.context().array(call.steps());
    squares = call.context().array(call.steps());
    counts = new int[call.steps()];
  }

  @Override
  public void add(StepSeries series) {
    for (int i = 0; i < call.steps(); i++) {
      double v = series.values[i];
      if (Double.isNaN(v) && Absent.is(v)) {
        continue;
      }
      int count = ++counts[i];
      if (count == 1) {
        means[i] = v;
        squares[i] = Double.isNaN(v) || Double.isInfinite(v) ? Double.NaN : 0;
      } else {
        double delta = v - means[i];
        means[i] += delta / count;
        squares[i] += delta * (v - means[i]);
      }
    }
    if (series.hasHistograms(call.steps())) {
      call.annotateIgnored(root ? "stddev" : "stdvar");
    }
  }

  @Override
  public void finish(StepSeries out) {
    for (int i = 0; i < call.steps(); i++) {
      if (counts[i] > 0) {
        double variance = squares[i] / counts[i];
        out.values[i] = root ? Math.sqrt(variance) : variance;
      }
    }
    call.context().release(means);
    call.context().release(squares);
  }
}
