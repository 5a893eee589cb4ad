package dnd.metrics.server.promql.exec;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where the floats of one series, taken as a counter, began anew, and where their start timestamps
 * overlap. Found once a series; windows then only look at the resets inside them. Reused from
 * series to series.
 */
final class CounterResets {
  private int[] resets = new int[16];
  private int resetCount;
  private int[] overlaps = {};
  private int overlapCount;

  /** The first reset that a window may contain; windows only move on. */
  private int nextReset;

  private int nextOverlap;

  void find(RangeSamples samples, boolean useStarts) {
    resetCount = 0;
    overlapCount = 0;
    nextReset = 0;
    nextOverlap = 0;
    double[] values = samples.floatValues;
    long @Nullable [] starts = useStarts ? samples.floatStarts : null;
    int n = samples.floats;
    if (starts == null) {
      for (int k = 1; k < n; k++) {
        if (values[k] < values[k - 1]) {
          addReset(k);
        }
      }
      return;
    }
    long[] times = samples.floatTimes;
    for (int k = 1; k < n; k++) {
      if (StartTimes.overlap(starts[k - 1], times[k - 1], starts[k])) {
        if (overlapCount == overlaps.length) {
          overlaps = Arrays.copyOf(overlaps, Math.max(16, 2 * overlapCount));
        }
        overlaps[overlapCount++] = k;
      }
      if (values[k] < values[k - 1]
          || StartTimes.isReset(starts[k - 1], times[k - 1], starts[k], times[k])) {
        addReset(k);
      }
    }
  }

  private void addReset(int k) {
    if (resetCount == resets.length) {
      resets = Arrays.copyOf(resets, 2 * resetCount);
    }
    resets[resetCount++] = k;
  }

  /**
   * {@code difference} and what the counter had reached before each reset within the samples from
   * {@code from} until before {@code to}. To be called with windows that move on.
   */
  double addLost(double difference, double[] values, int from, int to) {
    while (nextReset < resetCount && resets[nextReset] <= from) {
      nextReset++;
    }
    double sum = difference;
    for (int r = nextReset; r < resetCount && resets[r] < to; r++) {
      sum += values[resets[r] - 1];
    }
    return sum;
  }

  /** Whether two samples of the window overlap; also to be called with windows that move on. */
  boolean hasOverlap(int from, int to) {
    while (nextOverlap < overlapCount && overlaps[nextOverlap] <= from) {
      nextOverlap++;
    }
    return nextOverlap < overlapCount && overlaps[nextOverlap] < to;
  }
}
