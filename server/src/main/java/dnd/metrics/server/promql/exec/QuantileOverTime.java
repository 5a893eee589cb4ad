package dnd.metrics.server.promql.exec;

/** {@code quantile_over_time}. */
final class QuantileOverTime implements RangeFunction {
  private final RangeCall call;
  private double[] sorted = {};

  QuantileOverTime(RangeCall call) {
    this.call = call;
  }

  @Override
  public void evaluate(RangeSamples samples, Windows windows, StepSeries out) {
    if (sorted.length < samples.floats) {
      sorted = new double[samples.floats];
    }
    for (int i = windows.firstStep; i < windows.endStep; i++) {
      int n = windows.floats(i);
      if (n == 0) {
        continue;
      }
      double q = call.scalars()[0][i];
      if (!(q >= 0 && q <= 1)) {
        call.annotate(Annotation.invalidQuantile(q, call.firstArgument()));
      }
      System.arraycopy(samples.floatValues, windows.floatFrom[i], sorted, 0, n);
      out.values[i] = Quantiles.of(q, sorted, n);
      if (windows.histograms(i) > 0) {
        call.annotate(
            Annotation.histogramIgnoredInMixedRange(samples.metricName(), call.firstArgument()));
      }
      if ((i & 15) == 0) {
        call.context().check();
      }
    }
  }
}
