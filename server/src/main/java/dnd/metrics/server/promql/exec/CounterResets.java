package dnd.metrics.server.promql.exec;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where the floats of one series, taken as a counter, began anew, and where their start timestamps
 * overlap. Found once a series; windows then only look at the resets inside them. Reused from
 * series to series.
 */
final class CounterResets {
  /** Up to here doubles hold every whole number, also the sum of two. */
  private static final double LARGEST_WHOLE = 0x1p52;

  /** For each float how many resets there are up to it. */
  private int[] resetsUpTo = {};

  /** What the counter had reached before each reset. */
  private double[] lost = {};

  /** For each reset the sum of what was lost before it; of use where {@link #isWhole}. */
  private double[] lostBefore = {};

  /**
   * Whether all that was lost is in whole numbers, and so few that their sums are exact in whatever
   * order: then a window's sum is the difference of two.
   */
  private boolean isWhole;

  private int[] overlaps = {};
  private int overlapCount;

  /** The first overlap that a window may contain; windows only move on. */
  private int nextOverlap;

  void find(RangeSamples samples, boolean useStarts) {
    overlapCount = 0;
    nextOverlap = 0;
    int n = samples.floats;
    if (lost.length <= n) {
      resetsUpTo = new int[samples.floatTimes.length + 1];
      lost = new double[samples.floatTimes.length + 1];
    }
    long @Nullable [] starts = useStarts ? samples.floatStarts : null;
    int count =
        starts == null
            ? findByValues(samples.floatValues, n)
            : findByStarts(samples.floatValues, samples.floatTimes, starts, n);
    isWhole = sumWhole(count);
  }

  /** Without a jump on each value: of what is no counter, nobody could foretell them. */
  private int findByValues(double[] values, int n) {
    int[] upTo = resetsUpTo;
    double[] before = lost;
    int count = 0;
    upTo[0] = 0;
    for (int k = 1; k < n; k++) {
      double previous = values[k - 1];
      before[count] = previous;
      count += values[k] < previous ? 1 : 0;
      upTo[k] = count;
    }
    return count;
  }

  private int findByStarts(double[] values, long[] times, long[] starts, int n) {
    int count = 0;
    resetsUpTo[0] = 0;
    for (int k = 1; k < n; k++) {
      if (StartTimes.overlap(starts[k - 1], times[k - 1], starts[k])) {
        if (overlapCount == overlaps.length) {
          overlaps = Arrays.copyOf(overlaps, Math.max(16, 2 * overlapCount));
        }
        overlaps[overlapCount++] = k;
      }
      if (values[k] < values[k - 1]
          || StartTimes.isReset(starts[k - 1], times[k - 1], starts[k], times[k])) {
        lost[count++] = values[k - 1];
      }
      resetsUpTo[k] = count;
    }
    return count;
  }

  /** Sums what was lost; false where that is not exact. */
  private boolean sumWhole(int count) {
    if (lostBefore.length <= count) {
      lostBefore = new double[lost.length];
    }
    double sum = 0;
    double size = 0;
    lostBefore[0] = 0;
    for (int r = 0; r < count; r++) {
      double value = lost[r];
      if (value != (long) value || value == 0) { // also a zero, which might be negative
        return false;
      }
      sum += value;
      size += Math.abs(value);
      lostBefore[r + 1] = sum;
    }
    return size <= LARGEST_WHOLE;
  }

  /**
   * {@code difference} and what the counter had reached before each reset within the samples from
   * {@code from} until before {@code to}, added one after the other.
   */
  double addLost(double difference, int from, int to) {
    int first = resetsUpTo[from];
    int end = resetsUpTo[to - 1];
    if (first == end) {
      return difference;
    }
    if (isWhole && difference == (long) difference && Math.abs(difference) <= LARGEST_WHOLE) {
      return difference + (lostBefore[end] - lostBefore[first]);
    }
    double sum = difference;
    for (int r = first; r < end; r++) {
      sum += lost[r];
    }
    return sum;
  }

  /** Whether two samples of the window overlap; to be called with windows that move on. */
  boolean hasOverlap(int from, int to) {
    while (nextOverlap < overlapCount && overlaps[nextOverlap] <= from) {
      nextOverlap++;
    }
    return nextOverlap < overlapCount && overlaps[nextOverlap] < to;
  }
}
