package dnd.metrics.server.promql.exec;

/**
 * {@code double_exponential_smoothing}: Holt's linear method over the floats of a window.
 *
 * <p>The recurrence is linear: two runs of it over the same samples from different states draw
 * nearer by the same factor (a power of a 3x3 matrix) whatever the samples are. So one run over all
 * samples of a series gives the result for every window: the run's state at the window's end, and
 * the difference of states at the window's start, taken on. Where values are not all finite, or the
 * recurrence does not settle, windows are run through one by one.
 */
final class DoubleExponentialSmoothing implements RangeFunction {
  /** Up to here a result that is corrected has all but some of a double's digits. */
  private static final double MOST_CORRECTION = 1e4;

  private final RangeCall call;
  private final double smoothing;
  private final double trend;
  private final boolean constant;

  /** The states of the run over all samples: smoothed value, its last growth, trend. */
  private double[] smoothed = {};

  private double[] growth = {};
  private double[] trends = {};

  private int powerExponent = -1;
  private double[] power = {};

  DoubleExponentialSmoothing(RangeCall call) {
    this.call = call;
    int steps = call.steps().count();
    double[] s = call.scalars()[0];
    double[] t = call.scalars()[1];
    boolean same = true;
    for (int i = 0; i < steps; i++) {
      same &= s[i] == s[0] && t[i] == t[0];
    }
    constant = same;
    smoothing = steps > 0 ? s[0] : 0.5;
    trend = steps > 0 ? t[0] : 0.5;
  }

  private static void checkFactors(double smoothing, double trend) {
    if (smoothing <= 0 || smoothing >= 1) {
      throw QueryException.execution(
          String.format("invalid smoothing factor. Expected: 0 < sf < 1, got: %f", smoothing));
    }
    if (trend <= 0 || trend >= 1) {
      throw QueryException.execution(
          String.format("invalid trend factor. Expected: 0 < tf < 1, got: %f", trend));
    }
  }

  @Override
  public void evaluate(RangeSamples samples, Windows windows, StepSeries out) {
    long work = 0;
    for (int i = windows.firstStep; i < windows.endStep; i++) {
      work += windows.floats(i);
    }
    boolean slides = constant && work > 4L * samples.floats && runOverAll(samples);
    for (int i = windows.firstStep; i < windows.endStep; i++) {
      int from = windows.floatFrom[i];
      int to = windows.floatTo[i];
      if (to > from || windows.histograms(i) > 0) {
        checkFactors(call.scalars()[0][i], call.scalars()[1][i]);
      }
      if (windows.isMixed(i)) {
        call.annotate(
            Annotation.histogramIgnoredInMixedRange(samples.metricName(), call.firstArgument()));
      }
      if (to - from < 2) {
        continue;
      }
      out.values[i] =
          slides
              ? slid(samples.floatValues, from, to)
              : smooth(samples.floatValues, from, to, call.scalars()[0][i], call.scalars()[1][i]);
      if ((i & 63) == 0) {
        call.context().check();
      }
    }
  }

  private static double smooth(double[] values, int from, int to, double sf, double tf) {
    double before = 0;
    double now = values[from];
    double b = values[from + 1] - values[from];
    for (int k = from + 1; k < to; k++) {
      if (k > from + 1) {
        b = tf * (now - before) + (1 - tf) * b;
      }
      double next = sf * values[k] + (1 - sf) * (now + b);
      before = now;
      now = next;
    }
    return now;
  }

  /** Returns false where the values do not allow windows to slide. */
  private boolean runOverAll(RangeSamples samples) {
    int n = samples.floats;
    if (smoothing <= 0 || smoothing >= 1 || trend <= 0 || trend >= 1 || n < 2) {
      return false;
    }
    if (smoothed.length < n) {
      smoothed = new double[n];
      growth = new double[n];
      trends = new double[n];
    }
    double[] values = samples.floatValues;
    double now = values[0];
    double d = 0;
    double b = 0;
    for (int k = 0; k < n; k++) {
      if (k > 0) {
        b = trend * d + (1 - trend) * b;
        double next = smoothing * values[k] + (1 - smoothing) * (now + b);
        d = next - now;
        now = next;
      }
      smoothed[k] = now;
      growth[k] = d;
      trends[k] = b;
    }
    double checked = 0;
    for (int k = 0; k < n; k++) {
      checked += Math.abs(values[k]);
    }
    return checked < 1e300;
  }

  /**
   * The state after the window's first two samples, then the run's, corrected by the difference.
   */
  private double slid(double[] values, int from, int to) {
    int second = from + 1;
    double b = values[second] - values[from];
    double now = smoothing * values[second] + (1 - smoothing) * (values[from] + b);
    double d = now - values[from];
    int left = to - 1 - second;
    if (left == 0) {
      return now;
    }
    double[] m = power(left);
    double correction =
        m[0] * (now - smoothed[second]) + m[1] * (d - growth[second]) + m[2] * (b - trends[second]);
    double result = smoothed[to - 1] + correction;
    // What lies before the window may be so much larger that the difference is its rounding error.
    return Math.abs(correction) <= MOST_CORRECTION * Math.abs(result)
        ? result
        : smooth(values, from, to, smoothing, trend);
  }

  /** The top row of the n-th power of the recurrence's matrix. */
  private double[] power(int n) {
    if (n == powerExponent) {
      return power;
    }
    double a = 1 - smoothing;
    // The next trend is t*d + (1-t)*b; the next value x + a*(s + trend); the next growth is the
    // next value less s.
    double[] base = {
      a, a * trend, a * (1 - trend), a - 1, a * trend, a * (1 - trend), 0, trend, 1 - trend
    };
    double[] result = {1, 0, 0, 0, 1, 0, 0, 0, 1};
    for (int e = n; e > 0; e >>= 1) {
      if ((e & 1) == 1) {
        result = multiply(result, base);
      }
      base = multiply(base, base);
    }
    powerExponent = n;
    power = result;
    return result;
  }

  private static double[] multiply(double[] x, double[] y) {
    double[] z = new double[9];
    for (int row = 0; row < 3; row++) {
      for (int column = 0; column < 3; column++) {
        double sum = 0;
        for (int k = 0; k < 3; k++) {
          sum += x[3 * row + k] * y[3 * k + column];
        }
        z[3 * row + column] = sum;
      }
    }
    return z;
  }
}
