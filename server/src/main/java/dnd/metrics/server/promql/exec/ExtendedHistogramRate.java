package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.CounterResetHint;
import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.HistogramSum;
import org.jspecify.annotations.Nullable;

/** As {@link ExtendedRate}, over native histograms. */
final class ExtendedHistogramRate {
  private final RangeCall call;
  private final boolean smoothed;
  private final boolean isCounter;
  private final boolean isRate;
  private final ExtendedWindow window;

  ExtendedHistogramRate(RangeCall call, boolean smoothed, boolean isCounter, boolean isRate) {
    this.call = call;
    this.smoothed = smoothed;
    this.isCounter = isCounter;
    this.isRate = isRate;
    this.window = new ExtendedWindow(smoothed);
  }

  /** Sets the rate over the window of a step, which only holds histograms, where there is one. */
  void evaluate(RangeSamples samples, Windows windows, int step, StepSeries out) {
    long start = windows.startMillis(step);
    long end = windows.endMillis(step);
    int from = windows.histogramFrom[step];
    long[] times = samples.histogramTimes;
    if (!window.find(times, from, windows.histogramTo[step], start, end)
        || window.isBehind(times, end)) {
      return;
    }
    HistogramArithmetic arithmetic =
        new HistogramArithmetic(
            call.context().annotations, samples.metricName(), call.firstArgument());
    if (!check(samples, arithmetic)) {
      return;
    }
    Histogram left = left(samples, start, arithmetic);
    Histogram right = left == null ? null : right(samples, from, end, arithmetic);
    if (left == null || right == null) {
      return;
    }
    if (!isCounter && (!isGauge(left) || !isGauge(right))) {
      call.annotate(Annotation.nativeHistogramNotGauge(samples.metricName(), call.firstArgument()));
    }
    HistogramSum difference = HistogramSum.plain(right);
    if (!arithmetic.subtractFrom(difference, left)
        || (isCounter && !addLost(samples, left, right, start, difference, arithmetic))) {
      return;
    }
    if (isRate) {
      difference.divide(windows.rangeMillis() / 1000.0);
    }
    out.setHistogram(
        step, difference.result().withCounterResetHint(CounterResetHint.GAUGE).compact());
  }

  /** Whether all histograms go together; tells of those that are no counters. */
  private boolean check(RangeSamples samples, HistogramArithmetic arithmetic) {
    boolean custom = samples.histogramValues[window.first].hasCustomBuckets();
    for (int k = window.first; k <= window.last; k++) {
      call.context().checkNowAndThen();
      Histogram histogram = samples.histogramValues[k];
      if (histogram.hasCustomBuckets() != custom) {
        arithmetic.incompatible();
        return false;
      }
      if (isCounter && isGauge(histogram)) {
        call.annotate(
            Annotation.nativeHistogramNotCounter(samples.metricName(), call.firstArgument()));
      }
    }
    return true;
  }

  private @Nullable Histogram left(
      RangeSamples samples, long start, HistogramArithmetic arithmetic) {
    int k = window.first;
    long[] times = samples.histogramTimes;
    Histogram[] values = samples.histogramValues;
    return smoothed && times[k] < start
        ? HistogramInterpolation.at(
            start, times[k], values[k], times[k + 1], values[k + 1], isCounter, arithmetic)
        : values[k];
  }

  private @Nullable Histogram right(
      RangeSamples samples, int from, long end, HistogramArithmetic arithmetic) {
    int k = window.last;
    long[] times = samples.histogramTimes;
    Histogram[] values = samples.histogramValues;
    return smoothed && k > from && times[k] > end
        ? HistogramInterpolation.at(
            end, times[k - 1], values[k - 1], times[k], values[k], isCounter, arithmetic)
        : values[k];
  }

  /** Adds what resets between the two ends lost; false where that does not go together. */
  private boolean addLost(
      RangeSamples samples,
      Histogram left,
      Histogram right,
      long start,
      HistogramSum into,
      HistogramArithmetic arithmetic) {
    Histogram[] values = samples.histogramValues;
    int first = window.first + 1;
    Histogram before = left;
    if (smoothed
        && samples.histogramTimes[window.first] < start
        && values[first].isResetFrom(values[window.first])) {
      // The left end lies on the far side of this reset already.
      before = values[first];
      first++;
    }
    if (first > window.last) {
      return true;
    }
    HistogramSum lost = null;
    for (int k = first; k <= window.last; k++) {
      call.context().checkNowAndThen();
      // The right end stands for the last histogram.
      Histogram current = k == window.last ? right : values[k];
      if (current.isResetFrom(before)) {
        if (lost == null) {
          lost = HistogramSum.plain(before);
        } else if (!arithmetic.addTo(lost, before)) {
          return false;
        }
      }
      before = current;
    }
    return lost == null || arithmetic.addTo(into, lost.result());
  }

  private static boolean isGauge(Histogram histogram) {
    return histogram.counterResetHint() == CounterResetHint.GAUGE;
  }
}
