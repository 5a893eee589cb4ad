package dnd.metrics.server.promql.exec;

/**
 * {@code deriv} and {@code predict_linear}: the least-squares line through the floats of a window.
 */
final class LinearRegression implements RangeFunction {
  private final RangeCall call;
  private final boolean predicts;
  private final KahanSum sumX = new KahanSum();
  private final KahanSum sumY = new KahanSum();
  private final KahanSum sumXY = new KahanSum();
  private final KahanSum sumXX = new KahanSum();
  private double slope;
  private double intercept;

  LinearRegression(RangeCall call, boolean predicts) {
    this.call = call;
    this.predicts = predicts;
  }

  @Override
  public void evaluate(RangeSamples samples, Windows windows, StepSeries out) {
    for (int i = windows.firstStep; i < windows.endStep; i++) {
      int from = windows.floatFrom[i];
      int to = windows.floatTo[i];
      if (windows.isMixed(i)) {
        call.annotate(
            Annotation.histogramIgnoredInMixedRange(samples.metricName(), call.firstArgument()));
      }
      if (to - from < 2) {
        continue;
      }
      // Times are counted from near the samples, for the sake of precision.
      long origin = predicts ? call.steps().time(i) : samples.floatTimes[from];
      fit(samples, from, to, origin);
      out.values[i] = predicts ? slope * call.scalars()[0][i] + intercept : slope;
      if ((i & 63) == 0) {
        call.context().check();
      }
    }
  }

  private void fit(RangeSamples samples, int from, int to, long origin) {
    sumX.reset(0);
    sumY.reset(0);
    sumXY.reset(0);
    sumXX.reset(0);
    double first = samples.floatValues[from];
    boolean constant = true;
    for (int k = from; k < to; k++) {
      double y = samples.floatValues[k];
      constant &= k == from || y == first;
      double x = (samples.floatTimes[k] - origin) / 1e3;
      sumX.add(x);
      sumY.add(y);
      sumXY.add(x * y);
      sumXX.add(x * x);
    }
    if (constant) {
      slope = Double.isInfinite(first) ? Double.NaN : 0;
      intercept = Double.isInfinite(first) ? Double.NaN : first;
      return;
    }
    double n = to - from;
    double x = sumX.sum + sumX.compensation;
    double y = sumY.sum + sumY.compensation;
    double xy = sumXY.sum + sumXY.compensation;
    double xx = sumXX.sum + sumXX.compensation;
    slope = (xy - x * y / n) / (xx - x * x / n);
    intercept = y / n - slope * x / n;
  }
}
