package dnd.metrics.server.promql.exec;

/** {@code mad_over_time}: the median of the distances from the median; NaN with any NaN. */
final class MedianDeviationOverTime implements RangeFunction {
  private final RangeCall call;
  private double[] sorted = {};

  MedianDeviationOverTime(RangeCall call) {
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
      System.arraycopy(samples.floatValues, windows.floatFrom[i], sorted, 0, n);
      out.values[i] = deviation(n);
      if (windows.histograms(i) > 0) {
        call.annotate(
            Annotation.histogramIgnoredInMixedRange(samples.metricName(), call.firstArgument()));
      }
      if ((i & 15) == 0) {
        call.context().check();
      }
    }
  }

  private double deviation(int n) {
    for (int k = 0; k < n; k++) {
      if (Double.isNaN(sorted[k])) {
        return Double.NaN;
      }
    }
    double median = Quantiles.of(0.5, sorted, n);
    for (int k = 0; k < n; k++) {
      sorted[k] = Math.abs(sorted[k] - median);
    }
    return Quantiles.of(0.5, sorted, n);
  }
}
