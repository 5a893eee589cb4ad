package dnd.metrics.server.promql.exec;

import dnd.metrics.server.promql.plan.StepGrid;
import java.util.Arrays;

/**
 * Which samples are in the window of each step: those after {@code end - range} up to {@code end}.
 * At step i the floats from {@code floatFrom[i]} until before {@code floatTo[i]}, the histograms
 * likewise. Found for a series in one pass over its samples.
 */
final class Windows {
  final int steps;
  final int[] floatFrom;
  final int[] floatTo;
  final int[] histogramFrom;
  final int[] histogramTo;

  /** The first step whose window has any sample of the series; steps before it are empty. */
  int firstStep;

  /** The step after the last one whose window may have a sample. */
  int endStep;

  private boolean hadHistograms;

  /** The times that the windows are found for, where there were floats only. */
  private long[] knownTimes = {};

  /** How many of them; negative for none. */
  private int known = -1;

  private final StepGrid ends;
  private final long rangeMillis;
  private final long beforeMillis;
  private final long afterMillis;

  /** What windows over that many steps take. */
  static long bytes(int steps) {
    return 4L * Integer.BYTES * steps;
  }

  /** Windows of plain selectors. */
  Windows(StepGrid ends, long rangeMillis) {
    this(ends, rangeMillis, 0, 0);
  }

  /**
   * @param beforeMillis how much further back than the range samples are wanted
   * @param afterMillis how much further on
   */
  Windows(StepGrid ends, long rangeMillis, long beforeMillis, long afterMillis) {
    this.ends = ends;
    this.rangeMillis = rangeMillis;
    this.beforeMillis = beforeMillis;
    this.afterMillis = afterMillis;
    steps = ends.count();
    floatFrom = new int[steps];
    floatTo = new int[steps];
    histogramFrom = new int[steps];
    histogramTo = new int[steps];
  }

  /** Finds the windows of a series. Many have the times of the one before, and so its windows. */
  void slideOver(RangeSamples samples) {
    if (isKnown(samples)) {
      return;
    }
    findSteps(samples);
    slide(samples.floatTimes, samples.floats, floatFrom, floatTo);
    if (samples.histograms > 0) {
      slide(samples.histogramTimes, samples.histograms, histogramFrom, histogramTo);
      hadHistograms = true;
    } else if (hadHistograms) {
      Arrays.fill(histogramFrom, 0);
      Arrays.fill(histogramTo, 0);
      hadHistograms = false;
    }
  }

  /** Whether the windows are those found last; else notes what they will be found for. */
  private boolean isKnown(RangeSamples samples) {
    int floats = samples.floats;
    if (samples.histograms > 0) {
      known = -1;
      return false;
    }
    if (known == floats && Arrays.equals(knownTimes, 0, floats, samples.floatTimes, 0, floats)) {
      return true;
    }
    if (knownTimes.length < floats) {
      knownTimes = new long[samples.floatTimes.length];
    }
    System.arraycopy(samples.floatTimes, 0, knownTimes, 0, floats);
    known = floats;
    return false;
  }

  /** Leaves out the steps that lie before all samples and those that lie behind them. */
  private void findSteps(RangeSamples samples) {
    long first = Long.MAX_VALUE;
    long last = Long.MIN_VALUE;
    if (samples.floats > 0) {
      first = samples.floatTimes[0];
      last = samples.floatTimes[samples.floats - 1];
    }
    if (samples.histograms > 0) {
      first = Math.min(first, samples.histogramTimes[0]);
      last = Math.max(last, samples.histogramTimes[samples.histograms - 1]);
    }
    firstStep = 0;
    endStep = steps;
    long stepMillis = ends.stepMillis();
    if (first > last || stepMillis == 0) {
      return;
    }
    long firstEnd = ends.startMillis() + afterMillis;
    long skipped = Math.ceilDiv(first - firstEnd, stepMillis);
    firstStep = (int) Math.max(0, Math.min(steps, skipped));
    long firstStart = ends.startMillis() - rangeMillis - beforeMillis;
    long lastNeeded = Math.floorDiv(last - 1 - firstStart, stepMillis);
    endStep = (int) Math.max(firstStep, Math.min(steps, lastNeeded + 1));
  }

  private void slide(long[] times, int size, int[] from, int[] to) {
    int lo = 0;
    int hi = 0;
    long end = ends.time(firstStep) + afterMillis;
    long span = afterMillis + rangeMillis + beforeMillis;
    long stepMillis = ends.stepMillis();
    for (int i = firstStep; i < endStep; i++) {
      while (hi < size && times[hi] <= end) {
        hi++;
      }
      long start = end - span;
      while (lo < hi && times[lo] <= start) {
        lo++;
      }
      from[i] = lo;
      to[i] = hi;
      end += stepMillis;
    }
  }

  /** The range's start at a step, itself outside the window. */
  long startMillis(int step) {
    return ends.time(step) - rangeMillis;
  }

  long endMillis(int step) {
    return ends.time(step);
  }

  long rangeMillis() {
    return rangeMillis;
  }

  int floats(int step) {
    return floatTo[step] - floatFrom[step];
  }

  int histograms(int step) {
    return histogramTo[step] - histogramFrom[step];
  }

  boolean isMixed(int step) {
    return floats(step) > 0 && histograms(step) > 0;
  }
}
