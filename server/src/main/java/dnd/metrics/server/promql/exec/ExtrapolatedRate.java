package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * {@code rate}, {@code increase} and {@code delta}: the difference between the ends of a window,
 * extrapolated to its bounds. Of counters the resets inside are made up for, and a start timestamp
 * inside stands for a sample of zero.
 */
final class ExtrapolatedRate implements RangeFunction {
  private final RangeCall call;
  private final boolean isCounter;
  private final boolean isRate;
  private final HistogramRate histogramRate;
  private final CounterResets resets = new CounterResets();
  private final CounterNames names;

  ExtrapolatedRate(RangeCall call, boolean isCounter, boolean isRate) {
    this.call = call;
    this.names = new CounterNames(call);
    this.isCounter = isCounter;
    this.isRate = isRate;
    this.histogramRate = new HistogramRate(call, isCounter);
  }

  @Override
  public void evaluate(RangeSamples samples, Windows windows, StepSeries out) {
    boolean useStarts = isCounter && call.context().startTimestamps;
    long @Nullable [] starts = useStarts ? samples.floatStarts : null;
    if (isCounter) {
      resets.find(samples, useStarts);
    }
    boolean anyFloat = false;
    double[] values = samples.floatValues;
    long[] times = samples.floatTimes;
    double rangeSeconds = windows.rangeMillis() / 1000.0;
    for (int i = windows.firstStep; i < windows.endStep; i++) {
      if (windows.histogramTo[i] > windows.histogramFrom[i]) {
        call.context().check();
        evaluateHistograms(samples, windows, i, out, useStarts);
        continue;
      }
      int from = windows.floatFrom[i];
      int to = windows.floatTo[i];
      if (to - from < 1) {
        continue;
      }
      double result = values[to - 1] - values[from];
      long firstTime = times[from];
      long lastTime = times[to - 1];
      if (isCounter) {
        result = resets.addLost(result, values, from, to);
        if (starts != null && resets.hasOverlap(from, to)) {
          call.annotate(new Annotation.StartOverlap(samples.metricName(), 1, call.firstArgument()));
        }
      }
      long start = starts == null ? 0 : starts[from];
      double factor;
      if (start != 0 && start > windows.startMillis(i) && start < firstTime) {
        result += values[from];
        factor = fromStart(start, lastTime, to - from, firstTime, windows.endMillis(i));
      } else if (to - from == 1) {
        continue;
      } else {
        double zeroShare =
            isCounter && result > 0 && values[from] >= 0 ? values[from] / result : -1;
        factor =
            extrapolation(
                firstTime,
                lastTime,
                samples.rawFloats(from, to) - 1,
                windows.startMillis(i),
                windows.endMillis(i),
                zeroShare);
      }
      if (isRate) {
        factor /= rangeSeconds;
      }
      out.values[i] = result * factor;
      anyFloat = true;
    }
    if (anyFloat && isCounter) {
      names.judge(samples.metricName());
    }
  }

  /**
   * By how much the difference between first and last sample grows when the series is taken on to
   * the bounds of the range: all the way where they are near (up to 10 % more than the samples'
   * distance), else half that distance; and of a counter no further back than to where it was zero.
   *
   * @param intervals how many intervals the samples span
   * @param zeroShare the first value as a share of the increase, which says how long ago the
   *     counter was zero; negative where that is not to be asked
   */
  static double extrapolation(
      long firstTime,
      long lastTime,
      int intervals,
      long rangeStart,
      long rangeEnd,
      double zeroShare) {
    double toStart = (firstTime - rangeStart) / 1000.0;
    double toEnd = (rangeEnd - lastTime) / 1000.0;
    double sampled = (lastTime - firstTime) / 1000.0;
    double distance = sampled / intervals;
    double threshold = distance * 1.1;
    if (toStart >= threshold) {
      toStart = distance / 2;
    }
    if (zeroShare >= 0) {
      double toZero = sampled * zeroShare;
      if (toZero < toStart) {
        toStart = toZero;
      }
    }
    if (toEnd >= threshold) {
      toEnd = distance / 2;
    }
    return sampled == 0 ? 1 : (sampled + toStart + toEnd) / sampled;
  }

  /** The same where the counter is known to have begun at zero at {@code start}. */
  static double fromStart(long start, long lastTime, int samples, long firstTime, long rangeEnd) {
    double toEnd = (rangeEnd - lastTime) / 1000.0;
    double distance = samples > 1 ? (lastTime - firstTime) / 1000.0 / (samples - 1) : 0;
    double sampled = (lastTime - start) / 1000.0;
    if (toEnd >= distance * 1.1) {
      toEnd = distance / 2;
    }
    return sampled == 0 ? 1 : (sampled + toEnd) / sampled;
  }

  private void evaluateHistograms(
      RangeSamples samples, Windows windows, int step, StepSeries out, boolean useStarts) {
    if (windows.isMixed(step)) {
      call.annotate(Annotation.mixedFloatsHistograms(samples.metricName(), call.firstArgument()));
      return;
    }
    Histogram result = histogramRate.evaluate(samples, windows, step, useStarts, isRate);
    if (result != null) {
      out.setHistogram(step, result);
    }
  }
}
