package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Histogram;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * {@code changes} and {@code resets}: how often a value differs from the one before it, or falls
 * below it. Counted once over all samples of a series, floats and histograms in order of time; a
 * window's count is a difference of two sums.
 */
final class TurnCounts implements RangeFunction {
  private final RangeCall call;
  private final boolean resets;
  private final boolean anchored;

  /** At m: how many turns there are up to the m-th sample of both kinds together. */
  private int[] turns = {};

  /**
   * @param anchored whether the last sample at or before a window's start counts as in it
   */
  TurnCounts(RangeCall call, boolean resets, boolean anchored) {
    this.call = call;
    this.resets = resets;
    this.anchored = anchored;
  }

  @Override
  public void evaluate(RangeSamples samples, Windows windows, StepSeries out) {
    if (turns.length < samples.size()) {
      turns = Arrays.copyOf(turns, samples.size());
    }
    if (samples.histograms == 0) {
      countFloats(samples);
    } else {
      countBoth(samples);
    }
    int f = 0;
    int h = 0;
    for (int i = windows.firstStep; i < windows.endStep; i++) {
      int from = windows.floatFrom[i] + windows.histogramFrom[i];
      int to = windows.floatTo[i] + windows.histogramTo[i];
      if (anchored) {
        long start = windows.startMillis(i);
        while (f < samples.floats && samples.floatTimes[f] <= start) {
          f++;
        }
        while (h < samples.histograms && samples.histogramTimes[h] <= start) {
          h++;
        }
        if (to <= f + h) {
          continue; // Nothing after the start: nothing to measure.
        }
        from = Math.max(from, f + h - 1);
      }
      if (to > from) {
        out.values[i] = turns[to - 1] - turns[from];
      }
    }
  }

  private void countFloats(RangeSamples samples) {
    double[] values = samples.floatValues;
    long @Nullable [] starts = starts(samples.floatStarts);
    int n = samples.floats;
    int count = 0;
    for (int k = 0; k < n; k++) {
      if (k > 0 && turnsAtFloat(values[k - 1], values[k])) {
        count++;
      } else if (k > 0 && starts != null && restarts(starts, samples.floatTimes, k)) {
        count++;
      }
      turns[k] = count;
    }
  }

  private void countBoth(RangeSamples samples) {
    long @Nullable [] floatStarts = starts(samples.floatStarts);
    long @Nullable [] histogramStarts = starts(samples.histogramStarts);
    int f = 0;
    int h = 0;
    int count = 0;
    boolean previousIsFloat = false;
    for (int m = 0; m < samples.size(); m++) {
      boolean isFloat =
          h == samples.histograms
              || (f < samples.floats && samples.floatTimes[f] < samples.histogramTimes[h]);
      if (m > 0) {
        boolean turn;
        if (isFloat != previousIsFloat) {
          turn = true;
        } else if (isFloat) {
          turn =
              turnsAtFloat(samples.floatValues[f - 1], samples.floatValues[f])
                  || (floatStarts != null && restarts(floatStarts, samples.floatTimes, f));
        } else {
          turn =
              turnsAtHistogram(samples.histogramValues[h - 1], samples.histogramValues[h])
                  || (histogramStarts != null
                      && restarts(histogramStarts, samples.histogramTimes, h));
        }
        if (turn) {
          count++;
        }
      }
      turns[m] = count;
      previousIsFloat = isFloat;
      if (isFloat) {
        f++;
      } else {
        h++;
      }
    }
  }

  private long @Nullable [] starts(long @Nullable [] known) {
    return resets && call.context().startTimestamps ? known : null;
  }

  private static boolean restarts(long[] starts, long[] times, int k) {
    return StartTimes.isReset(starts[k - 1], times[k - 1], starts[k], times[k]);
  }

  private boolean turnsAtFloat(double before, double now) {
    return resets ? now < before : now != before && !(Double.isNaN(now) && Double.isNaN(before));
  }

  private boolean turnsAtHistogram(Histogram before, Histogram now) {
    return resets ? now.isResetFrom(before) : !now.equals(before);
  }
}
