package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.CounterResetHint;
import dnd.metrics.server.model.Histogram;
import org.jspecify.annotations.Nullable;

/** {@code irate} and {@code idelta}: the difference of a window's last two samples. */
final class LastTwo implements RangeFunction {
  private final RangeCall call;
  private final boolean isRate;

  LastTwo(RangeCall call, boolean isRate) {
    this.call = call;
    this.isRate = isRate;
  }

  @Override
  public void evaluate(RangeSamples samples, Windows windows, StepSeries out) {
    for (int i = windows.firstStep; i < windows.endStep; i++) {
      if (windows.floats(i) + windows.histograms(i) < 2) {
        continue;
      }
      int f = windows.floatTo[i] - 1;
      int h = windows.histogramTo[i] - 1;
      boolean lastIsFloat = isFloatLater(samples, windows, i, f, h);
      int beforeF = lastIsFloat ? f - 1 : f;
      int beforeH = lastIsFloat ? h : h - 1;
      boolean beforeIsFloat = isFloatLater(samples, windows, i, beforeF, beforeH);
      if (lastIsFloat != beforeIsFloat) {
        call.annotate(Annotation.mixedFloatsHistograms(samples.metricName(), call.allArguments()));
      } else if (lastIsFloat) {
        out.values[i] = floats(samples, f);
      } else {
        Histogram result = histograms(samples, h);
        if (result != null) {
          out.setHistogram(i, result);
        }
      }
    }
  }

  private static boolean isFloatLater(
      RangeSamples samples, Windows windows, int step, int f, int h) {
    if (h < windows.histogramFrom[step]) {
      return true;
    }
    return f >= windows.floatFrom[step] && samples.floatTimes[f] > samples.histogramTimes[h];
  }

  private double floats(RangeSamples samples, int k) {
    double now = samples.floatValues[k];
    double before = samples.floatValues[k - 1];
    boolean fromZero =
        isRate && (now < before || restarts(samples.floatStarts, samples.floatTimes, k));
    double difference = fromZero ? now : now - before;
    return isRate ? difference / seconds(samples.floatTimes, k) : difference;
  }

  private @Nullable Histogram histograms(RangeSamples samples, int k) {
    Histogram now = samples.histogramValues[k];
    Histogram before = samples.histogramValues[k - 1];
    boolean bothGauges =
        now.counterResetHint() == CounterResetHint.GAUGE
            && before.counterResetHint() == CounterResetHint.GAUGE;
    boolean anyGauge =
        now.counterResetHint() == CounterResetHint.GAUGE
            || before.counterResetHint() == CounterResetHint.GAUGE;
    if (isRate && anyGauge) {
      call.annotate(
          Annotation.nativeHistogramNotCounter(samples.metricName(), call.allArguments()));
    }
    if (!isRate && !bothGauges) {
      call.annotate(Annotation.nativeHistogramNotGauge(samples.metricName(), call.allArguments()));
    }
    Histogram result = now;
    boolean fromZero =
        isRate
            && (restarts(samples.histogramStarts, samples.histogramTimes, k)
                || now.isResetFrom(before));
    if (!fromZero) {
      HistogramArithmetic arithmetic =
          new HistogramArithmetic(
              call.context().annotations, samples.metricName(), call.allArguments());
      Histogram difference = arithmetic.subtract(now, before);
      if (difference == null) {
        return null;
      }
      result = difference;
    }
    result = result.withCounterResetHint(CounterResetHint.GAUGE).compact();
    return isRate ? result.dividedBy(seconds(samples.histogramTimes, k)) : result;
  }

  private boolean restarts(long @Nullable [] starts, long[] times, int k) {
    return call.context().startTimestamps
        && starts != null
        && StartTimes.isReset(starts[k - 1], times[k - 1], starts[k], times[k]);
  }

  private static double seconds(long[] times, int k) {
    return (times[k] - times[k - 1]) / 1000.0;
  }
}
