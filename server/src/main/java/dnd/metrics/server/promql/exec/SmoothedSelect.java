package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.CounterResetHint;
import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.promql.parse.PositionRange;
import dnd.metrics.server.promql.plan.SelectPlan;
import dnd.metrics.server.promql.plan.StepGrid;
import org.jspecify.annotations.Nullable;

/**
 * An instant selector with {@code smoothed}: at every step the value on the straight line between
 * the samples before and after it, each no further away than the lookback; without one after it,
 * the one before.
 */
final class SmoothedSelect implements SeriesOperator {
  private final QueryContext context;
  private final RangeSource source;
  private final PositionRange position;
  private final StepGrid times;
  private final Windows windows;
  private final RangeSamples samples = new RangeSamples();

  SmoothedSelect(QueryContext context, SelectPlan plan, StepGrid grid) {
    this.context = context;
    this.source = new SelectedRange(context, plan.selection());
    this.position = plan.position();
    this.times = plan.selection().lookup().times(grid);
    this.windows = new Windows(times, context.lookbackMillis, 0, context.lookbackMillis);
  }

  @Override
  public @Nullable StepSeries next() {
    while (source.next(samples)) {
      windows.slideOver(samples);
      StepSeries out = context.series(samples.labeled(), false, times.count());
      for (int i = windows.firstStep; i < windows.endStep; i++) {
        context.checkNowAndThen();
        if (windows.isMixed(i)) {
          context.annotations.add(Annotation.mixedFloatsHistograms(samples.metricName(), position));
        } else if (windows.histograms(i) > 0) {
          smoothHistogram(i, out);
        } else if (windows.floats(i) > 0) {
          smoothFloat(i, out);
        }
      }
      if (!out.isEmpty(times.count())) {
        return out;
      }
      context.release(out);
    }
    return null;
  }

  private void smoothFloat(int step, StepSeries out) {
    long time = times.time(step);
    long[] sampleTimes = samples.floatTimes;
    double[] values = samples.floatValues;
    int from = windows.floatFrom[step];
    int to = windows.floatTo[step];
    int k = RangeSamples.firstFrom(sampleTimes, from, to, time);
    if (k < to && sampleTimes[k] == time) {
      out.values[step] = values[k];
    } else if (k > from && k < to) {
      out.values[step] =
          Interpolation.at(
              time, sampleTimes[k - 1], values[k - 1], sampleTimes[k], values[k], false);
    } else if (k > from) {
      out.values[step] = values[k - 1];
    }
  }

  private void smoothHistogram(int step, StepSeries out) {
    long time = times.time(step);
    long[] sampleTimes = samples.histogramTimes;
    Histogram[] values = samples.histogramValues;
    int from = windows.histogramFrom[step];
    int to = windows.histogramTo[step];
    int k = RangeSamples.firstFrom(sampleTimes, from, to, time);
    if (k < to && sampleTimes[k] == time) {
      out.setHistogram(step, values[k]);
    } else if (k > from && k < to) {
      Histogram between = between(k, time);
      if (between != null) {
        out.setHistogram(step, between);
      }
    } else if (k > from) {
      // The hint was about the sample before this one, not about the value.
      Histogram before = values[k - 1];
      out.setHistogram(step, before.toBuilder().counterResetHint(CounterResetHint.UNKNOWN).build());
    }
  }

  /** The histogram at {@code time}, between the samples {@code k - 1} and {@code k}. */
  private @Nullable Histogram between(int k, long time) {
    Histogram before = samples.histogramValues[k - 1];
    Histogram after = samples.histogramValues[k];
    HistogramArithmetic arithmetic =
        new HistogramArithmetic(context.annotations, samples.metricName(), position);
    if (before.hasCustomBuckets() != after.hasCustomBuckets()) {
      arithmetic.incompatible();
      return null;
    }
    boolean isCounter =
        before.counterResetHint() != CounterResetHint.GAUGE
            || after.counterResetHint() != CounterResetHint.GAUGE;
    return HistogramInterpolation.at(
        time,
        samples.histogramTimes[k - 1],
        before,
        samples.histogramTimes[k],
        after,
        isCounter,
        arithmetic);
  }
}
