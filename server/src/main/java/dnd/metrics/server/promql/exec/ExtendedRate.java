package dnd.metrics.server.promql.exec;

/**
 * {@code rate}, {@code increase} and {@code delta} over {@code anchored} and {@code smoothed}
 * ranges: the difference between the values at the ends of the range, nothing extrapolated. Of
 * counters the resets inside are made up for.
 */
final class ExtendedRate implements RangeFunction {
  /** So many are gone through in the time of some hundred looks at the clock. */
  private static final int MANY_SAMPLES = 10_000;

  private final RangeCall call;
  private final boolean isCounter;
  private final boolean isRate;
  private final ExtendedWindow window;
  private final ExtendedHistogramRate histogramRate;
  private final CounterNames names;

  ExtendedRate(RangeCall call, boolean smoothed, boolean isCounter, boolean isRate) {
    this.call = call;
    this.isCounter = isCounter;
    this.isRate = isRate;
    this.window = new ExtendedWindow(smoothed);
    this.histogramRate = new ExtendedHistogramRate(call, smoothed, isCounter, isRate);
    this.names = new CounterNames(call);
  }

  @Override
  public void evaluate(RangeSamples samples, Windows windows, StepSeries out) {
    boolean anyFloat = false;
    for (int i = windows.firstStep; i < windows.endStep; i++) {
      call.context().checkNowAndThen();
      if (windows.isMixed(i)) {
        call.annotate(Annotation.mixedFloatsHistograms(samples.metricName(), call.firstArgument()));
      } else if (windows.histograms(i) > 0) {
        histogramRate.evaluate(samples, windows, i, out);
      } else if (windows.floats(i) > 0) {
        anyFloat |= evaluateFloats(samples, windows, i, out);
      }
    }
    if (anyFloat && isCounter) {
      names.judge(samples.metricName());
    }
  }

  private boolean evaluateFloats(RangeSamples samples, Windows windows, int step, StepSeries out) {
    long[] times = samples.floatTimes;
    double[] values = samples.floatValues;
    int from = windows.floatFrom[step];
    long start = windows.startMillis(step);
    long end = windows.endMillis(step);
    if (!window.find(times, from, windows.floatTo[step], start, end)
        || window.isBehind(times, end)) {
      return false;
    }
    double left = window.left(times, values, start, isCounter);
    double right = window.right(times, values, from, end, isCounter);
    double result = right - left;
    if (isCounter) {
      result += lost(times, values, left, right, start, end);
    }
    out.values[step] = isRate ? result / (windows.rangeMillis() / 1000.0) : result;
    return true;
  }

  /** What the counter had reached before its resets between the two ends. */
  private double lost(
      long[] times, double[] values, double left, double right, long start, long end) {
    int first = times[window.first] <= start ? window.first + 1 : window.first;
    int last = times[window.last] >= end ? window.last - 1 : window.last;
    if (last - first > MANY_SAMPLES) {
      call.context().check();
    }
    double lost = 0;
    double before = left;
    for (int k = first; k <= last; k++) {
      if (values[k] < before) {
        lost += before;
      }
      before = values[k];
    }
    return right < before ? lost + before : lost;
  }
}
