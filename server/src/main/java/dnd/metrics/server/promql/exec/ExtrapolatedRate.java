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
  private final Extrapolation extrapolation = new Extrapolation();
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
    int[] floatFrom = windows.floatFrom;
    int[] floatTo = windows.floatTo;
    boolean anyHistogram = samples.histograms > 0;
    double rangeSeconds = windows.rangeMillis() / 1000.0;
    int endStep = windows.endStep;
    for (int i = windows.firstStep; i < endStep; i++) {
      if (anyHistogram && windows.histograms(i) > 0) {
        call.context().check();
        evaluateHistograms(samples, windows, i, out, useStarts);
        continue;
      }
      int from = floatFrom[i];
      int to = floatTo[i];
      if (to - from < 1) {
        continue;
      }
      double result = values[to - 1] - values[from];
      long firstTime = times[from];
      long lastTime = times[to - 1];
      if (isCounter) {
        result = resets.addLost(result, from, to);
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
            extrapolation.factor(
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
   * By how much the difference grows, as {@link Extrapolation} says, where the counter is known to
   * have begun at zero at {@code start}.
   */
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
