package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Histogram;

/**
 * {@code sum_over_time} and {@code avg_over_time}. Where windows overlap a lot, sums are
 * differences of prefix sums that carry twice the digits of a double; where that would not be exact
 * enough (infinities, NaN, values of very different size) the window is summed anew.
 */
final class SumOverTime implements RangeFunction {
  /** What a prefix sum of two doubles may be off by, relative to the largest prefix: 2^-98. */
  private static final double PREFIX_ERROR = 0x1p-98;

  private static final double TOLERANCE = 1e-11;

  private final RangeCall call;
  private final boolean average;
  private final HistogramSums histogramSums;
  private final KahanSum kahan = new KahanSum();
  private double[] prefixHigh = {};
  private double[] prefixLow = {};

  SumOverTime(RangeCall call, boolean average) {
    this.call = call;
    this.average = average;
    this.histogramSums = new HistogramSums(call, average);
  }

  @Override
  public void evaluate(RangeSamples samples, Windows windows, StepSeries out) {
    long work = 0;
    for (int i = windows.firstStep; i < windows.endStep; i++) {
      work += windows.floats(i);
    }
    double largestPrefix = work > 4L * samples.floats ? sumPrefixes(samples) : Double.NaN;
    for (int i = windows.firstStep; i < windows.endStep; i++) {
      if (windows.histograms(i) > 0) {
        call.context().check();
        evaluateHistograms(samples, windows, i, out);
        continue;
      }
      int from = windows.floatFrom[i];
      int to = windows.floatTo[i];
      if (to > from) {
        out.values[i] = evaluate(samples.floatValues, from, to, largestPrefix);
      }
      if ((i & 1023) == 0) {
        call.context().check();
      }
    }
  }

  private double evaluate(double[] values, int from, int to, double largestPrefix) {
    if (!Double.isNaN(largestPrefix)) {
      double high = prefixHigh[to] - prefixHigh[from];
      double rest = exactRest(prefixHigh[to], prefixHigh[from], high);
      double low = prefixLow[to] - prefixLow[from] + rest;
      double sum = high + low;
      if (Math.abs(sum) * TOLERANCE > largestPrefix * PREFIX_ERROR * (to + 1.0)) {
        return average ? sum / (to - from) : sum;
      }
    }
    return average ? mean(values, from, to) : sum(values, from, to);
  }

  /** What rounding took from {@code a - b = difference}. */
  private static double exactRest(double a, double b, double difference) {
    double bVirtual = a - difference;
    double aVirtual = difference + bVirtual;
    return (a - aVirtual) + (bVirtual - b);
  }

  /** Returns the largest magnitude of any prefix, or NaN where prefixes are of no use. */
  private double sumPrefixes(RangeSamples samples) {
    int n = samples.floats;
    if (prefixHigh.length < n + 1) {
      prefixHigh = new double[n + 1];
      prefixLow = new double[n + 1];
    }
    double high = 0;
    double low = 0;
    double largest = 0;
    prefixHigh[0] = 0;
    prefixLow[0] = 0;
    for (int k = 0; k < n; k++) {
      double v = samples.floatValues[k];
      double t = high + v;
      double virtual = t - high;
      low += (high - (t - virtual)) + (v - virtual);
      double renormalized = t + low;
      low -= renormalized - t;
      high = renormalized;
      prefixHigh[k + 1] = high;
      prefixLow[k + 1] = low;
      largest = Math.max(largest, Math.max(Math.abs(high), Math.abs(v)));
    }
    return largest < 1e300 ? largest : Double.NaN;
  }

  private double sum(double[] values, int from, int to) {
    kahan.reset(0);
    for (int k = from; k < to; k++) {
      kahan.add(values[k]);
    }
    return kahan.value();
  }

  /** The mean; where the sum would overflow, from there on as a running mean. */
  private double mean(double[] values, int from, int to) {
    kahan.reset(values[from]);
    for (int k = from + 1; k < to; k++) {
      double sum = kahan.sum;
      double compensation = kahan.compensation;
      kahan.add(values[k]);
      if (Double.isInfinite(kahan.sum)) {
        return runningMean(values, from, k, to, sum, compensation);
      }
    }
    double count = to - from;
    return kahan.sum / count + kahan.compensation / count;
  }

  private double runningMean(
      double[] values, int from, int at, int to, double sum, double compensation) {
    double before = at - from;
    kahan.sum = sum / before;
    kahan.compensation = compensation / before;
    for (int k = at; k < to; k++) {
      double count = k - from + 1;
      double share = (count - 1) / count;
      kahan.sum *= share;
      kahan.compensation *= share;
      kahan.add(values[k] / count);
    }
    return kahan.sum + kahan.compensation;
  }

  private void evaluateHistograms(RangeSamples samples, Windows windows, int step, StepSeries out) {
    if (windows.isMixed(step)) {
      call.annotate(Annotation.mixedFloatsHistograms(samples.metricName(), call.firstArgument()));
      return;
    }
    Histogram result =
        histogramSums.evaluate(samples, windows.histogramFrom[step], windows.histogramTo[step]);
    if (result != null) {
      out.setHistogram(step, result);
    }
  }
}
