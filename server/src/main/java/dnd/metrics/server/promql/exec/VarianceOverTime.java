package dnd.metrics.server.promql.exec;

/** {@code stdvar_over_time} and {@code stddev_over_time}: Welford's algorithm, Kahan's sums. */
final class VarianceOverTime implements RangeFunction {
  private final RangeCall call;
  private final boolean root;
  private final KahanSum mean = new KahanSum();
  private final KahanSum squares = new KahanSum();

  VarianceOverTime(RangeCall call, boolean root) {
    this.call = call;
    this.root = root;
  }

  @Override
  public void evaluate(RangeSamples samples, Windows windows, StepSeries out) {
    for (int i = windows.firstStep; i < windows.endStep; i++) {
      if (windows.floats(i) == 0) {
        continue;
      }
      double variance = variance(samples.floatValues, windows.floatFrom[i], windows.floatTo[i]);
      out.values[i] = root ? Math.sqrt(variance) : variance;
      if (windows.histograms(i) > 0) {
        call.annotate(
            Annotation.histogramIgnoredInMixedRange(samples.metricName(), call.firstArgument()));
      }
      if ((i & 63) == 0) {
        call.context().check();
      }
    }
  }

  private double variance(double[] values, int from, int to) {
    mean.reset(0);
    squares.reset(0);
    double count = 0;
    for (int k = from; k < to; k++) {
      count++;
      double delta = values[k] - (mean.sum + mean.compensation);
      mean.add(delta / count);
      squares.add(delta * (values[k] - (mean.sum + mean.compensation)));
    }
    return (squares.sum + squares.compensation) / count;
  }
}
