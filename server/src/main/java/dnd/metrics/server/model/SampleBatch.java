package dnd.metrics.server.model;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A run of samples as parallel arrays, reused from run to run. A batch holds either floats or
 * native histograms. Stale markers are in it as samples ({@link StaleMarker}). Fields are open
 * because the loops over them are the hottest of the program; only {@link SampleReader}s write. For
 * one thread.
 */
public final class SampleBatch {
  /** How many samples the arrays hold. */
  public int size;

  /** Unix milliseconds, ascending. */
  public long[] timestamps = new long[128];

  /** Values where the batch holds floats. */
  public double[] values = new double[128];

  /**
   * Histograms where the batch holds histograms; null for floats. They may be kept, and must not be
   * changed.
   */
  public Histogram @Nullable [] histograms;

  /**
   * When each sample's counting began, Unix milliseconds, 0 for unknown; null where that is unknown
   * of all.
   */
  public long @Nullable [] startTimestamps;

  /** How many raw samples each float stands for; null where it is one each. */
  public double @Nullable [] weights;

  /**
   * Makes room for {@code capacity} samples in {@link #timestamps} and {@link #values}; keeps what
   * is there.
   */
  public void ensureCapacity(int capacity) {
    if (timestamps.length < capacity) {
      int n = Math.max(capacity, timestamps.length * 2);
      timestamps = Arrays.copyOf(timestamps, n);
      values = Arrays.copyOf(values, n);
    }
  }

  /** Empties the batch and makes it one of floats without start timestamps. */
  public void clear() {
    size = 0;
    histograms = null;
    startTimestamps = null;
    weights = null;
  }

  /**
   * Leaves of what it holds the last sample that is not later than a time.
   *
   * @return false where there is none, and it is as it was
   */
  public boolean keepLastUpTo(long millis) {
    int last = firstBehind(millis) - 1;
    if (last < 0) {
      return false;
    }
    if (last > 0) {
      move(last, 0, 1);
    }
    size = 1;
    return true;
  }

  /** Leaves of what it holds the samples between two times, both included. */
  public void keepBetween(long fromMillis, long toMillis) {
    int from = firstFrom(fromMillis);
    int to = firstBehind(toMillis);
    if (from > 0 && to > from) {
      move(from, 0, to - from);
    }
    size = Math.max(0, to - from);
  }

  /**
   * Removes the samples between two times, both included. The histogram behind the gap does not
   * know any more that it did not begin anew there.
   */
  public void removeBetween(long fromMillis, long toMillis) {
    int from = firstFrom(fromMillis);
    int to = firstBehind(toMillis);
    if (to > from) {
      move(to, from, size - to);
      size -= to - from;
      forgetNoReset(from);
    }
  }

  /** What lay before the sample at this place, if there is one, is not what lies before it now. */
  public void forgetNoReset(int at) {
    Histogram[] all = histograms;
    if (all != null && at < size && all[at].counterResetHint() == CounterResetHint.NOT_RESET) {
      all[at] = all[at].withCounterResetHint(CounterResetHint.UNKNOWN);
    }
  }

  /** The place of the first sample that is not before {@code millis}. */
  private int firstFrom(long millis) {
    if (size == 0 || timestamps[0] >= millis) {
      return 0;
    }
    if (timestamps[size - 1] < millis) {
      return size;
    }
    int at = Arrays.binarySearch(timestamps, 0, size, millis);
    return at < 0 ? -at - 1 : at;
  }

  /** The place of the first sample behind {@code millis}. */
  private int firstBehind(long millis) {
    return millis == Long.MAX_VALUE ? size : firstFrom(millis + 1);
  }

  private void move(int from, int to, int n) {
    System.arraycopy(timestamps, from, timestamps, to, n);
    if (histograms == null) {
      System.arraycopy(values, from, values, to, n);
    } else {
      System.arraycopy(histograms, from, histograms, to, n);
    }
    if (startTimestamps != null) {
      System.arraycopy(startTimestamps, from, startTimestamps, to, n);
    }
  }
}
