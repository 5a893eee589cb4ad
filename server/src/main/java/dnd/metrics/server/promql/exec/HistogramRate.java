package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.CounterResetHint;
import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.HistogramSum;
import org.jspecify.annotations.Nullable;

/** {@code rate}, {@code increase} and {@code delta} over windows of native histograms. */
final class HistogramRate {
  private final RangeCall call;
  private final boolean isCounter;
  private final Extrapolation extrapolation = new Extrapolation();

  HistogramRate(RangeCall call, boolean isCounter) {
    this.call = call;
    this.isCounter = isCounter;
  }

  /** The rate over the window of a step, which only holds histograms; null where there is none. */
  @Nullable Histogram evaluate(
      RangeSamples samples, Windows windows, int step, boolean useStarts, boolean isRate) {
    int from = windows.histogramFrom[step];
    int to = windows.histogramTo[step];
    long[] times = samples.histogramTimes;
    long @Nullable [] starts = useStarts ? samples.histogramStarts : null;
    HistogramArithmetic arithmetic =
        new HistogramArithmetic(
            call.context().annotations, samples.metricName(), call.firstArgument());
    Histogram first = samples.histogramValues[from];
    Histogram result = null;
    if (to - from > 1) {
      result = difference(samples, from, to, starts, arithmetic);
      if (result == null) {
        return null;
      }
    }
    long start = starts == null ? 0 : starts[from];
    double factor;
    if (isCounter && start != 0 && start > windows.startMillis(step) && start < times[from]) {
      if (result == null) {
        result = first;
      } else {
        HistogramSum sum = HistogramSum.plain(result);
        if (!arithmetic.addTo(sum, first)) {
          return null;
        }
        result = sum.result();
      }
      factor =
          ExtrapolatedRate.fromStart(
              start, times[to - 1], to - from, times[from], windows.endMillis(step));
    } else if (result == null) {
      return null;
    } else {
      double zeroShare =
          isCounter && result.count() > 0 && first.count() >= 0
              ? first.count() / result.count()
              : -1;
      factor =
          extrapolation.factor(
              times[from],
              times[to - 1],
              to - from - 1,
              windows.startMillis(step),
              windows.endMillis(step),
              zeroShare);
    }
    if (isRate) {
      factor /= windows.rangeMillis() / 1000.0;
    }
    return result.multipliedBy(factor);
  }

  /** Last less first, with what resets lost added again. */
  private @Nullable Histogram difference(
      RangeSamples samples,
      int from,
      int to,
      long @Nullable [] starts,
      HistogramArithmetic arithmetic) {
    Histogram[] values = samples.histogramValues;
    Histogram previous = values[from];
    Histogram last = values[to - 1];
    if (isCounter && (isGauge(previous) || isGauge(last))) {
      notACounter(samples);
    }
    boolean custom = previous.hasCustomBuckets();
    if (isCounter) {
      Histogram second = values[from + 1];
      if (restarts(starts, samples.histogramTimes, from + 1) || second.isResetFrom(previous)) {
        // The first histogram then says nothing; its buckets may be quite others.
        previous =
            Histogram.builder().schema(second.schema()).customValues(second.customValues()).build();
        custom = second.hasCustomBuckets();
      }
    }
    if (last.hasCustomBuckets() != custom) {
      arithmetic.incompatible();
      return null;
    }
    int schema = Math.min(last.schema(), previous.schema());
    if (isCounter) {
      for (int k = from + 1; k < to - 1; k++) {
        if (isGauge(values[k])) {
          notACounter(samples);
        }
        schema = Math.min(schema, values[k].schema());
        if (values[k].hasCustomBuckets() != custom) {
          arithmetic.incompatible();
          return null;
        }
      }
    }
    HistogramSum sum = HistogramSum.plain(last.toSchema(schema));
    if (!arithmetic.subtractFrom(sum, previous)) {
      return null;
    }
    if (isCounter) {
      if (!addLost(samples, from, to, starts, previous, sum, arithmetic)) {
        return null;
      }
    } else if (!isGauge(values[from]) || !isGauge(last)) {
      call.annotate(Annotation.nativeHistogramNotGauge(samples.metricName(), call.firstArgument()));
    }
    return sum.result().withCounterResetHint(CounterResetHint.GAUGE).compact();
  }

  private boolean addLost(
      RangeSamples samples,
      int from,
      int to,
      long @Nullable [] starts,
      Histogram first,
      HistogramSum sum,
      HistogramArithmetic arithmetic) {
    long[] times = samples.histogramTimes;
    Histogram previous = first;
    boolean overlapSeen = false;
    for (int k = from + 1; k < to; k++) {
      Histogram current = samples.histogramValues[k];
      if (starts != null
          && !overlapSeen
          && StartTimes.overlap(starts[k - 1], times[k - 1], starts[k])) {
        call.annotate(new Annotation.StartOverlap(samples.metricName(), 1, call.firstArgument()));
        overlapSeen = true;
      }
      if ((restarts(starts, times, k) || current.isResetFrom(previous))
          && !arithmetic.addTo(sum, previous)) {
        return false;
      }
      previous = current;
    }
    return true;
  }

  private static boolean restarts(long @Nullable [] starts, long[] times, int k) {
    return starts != null && StartTimes.isReset(starts[k - 1], times[k - 1], starts[k], times[k]);
  }

  private static boolean isGauge(Histogram h) {
    return h.counterResetHint() == CounterResetHint.GAUGE;
  }

  private void notACounter(RangeSamples samples) {
    call.annotate(Annotation.nativeHistogramNotCounter(samples.metricName(), call.firstArgument()));
  }
}
