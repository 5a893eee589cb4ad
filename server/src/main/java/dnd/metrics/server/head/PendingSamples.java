package dnd.metrics.server.head;

import java.util.Arrays;

/**
 * Floats that the log has for series of a checkpoint which are not made yet, so that a start need
 * not make every series that was written lately: for each series a ring of entries in arrays, in
 * the order of the log, whose times ascend. Filled by one thread before anybody else uses the head;
 * then each series' are taken once, by whoever makes it.
 */
final class PendingSamples {
  private static final int PAGE_BITS = 15;
  private static final int PAGE_MASK = (1 << PAGE_BITS) - 1;

  /** By place, one more than its last entry; 0 for none. */
  private final int[] last;

  private long[][] times = new long[16][];
  private double[][] values = new double[16][];

  /** The entry behind each; behind the last of a series its first. */
  private int[][] next = new int[16][];

  private int size;

  PendingSamples(int places) {
    last = new int[places];
  }

  boolean isEmpty() {
    return size == 0;
  }

  boolean has(int place) {
    return size > 0 && last[place] != 0;
  }

  /** Time of the last one; for a place that has some. */
  long lastMillis(int place) {
    int e = last[place] - 1;
    return times[e >>> PAGE_BITS][e & PAGE_MASK];
  }

  /** Adds one behind those of the same place. */
  void add(int place, long timeMillis, double value) {
    int e = size++;
    int page = e >>> PAGE_BITS;
    if ((e & PAGE_MASK) == 0) {
      addPage(page);
    }
    times[page][e & PAGE_MASK] = timeMillis;
    values[page][e & PAGE_MASK] = value;
    int before = last[place] - 1;
    if (before < 0) {
      next[page][e & PAGE_MASK] = e;
    } else {
      int[] ring = next[before >>> PAGE_BITS];
      next[page][e & PAGE_MASK] = ring[before & PAGE_MASK];
      ring[before & PAGE_MASK] = e;
    }
    last[place] = e + 1;
  }

  private void addPage(int page) {
    if (page == times.length) {
      times = Arrays.copyOf(times, 2 * page);
      values = Arrays.copyOf(values, 2 * page);
      next = Arrays.copyOf(next, 2 * page);
    }
    times[page] = new long[PAGE_MASK + 1];
    values[page] = new double[PAGE_MASK + 1];
    next[page] = new int[PAGE_MASK + 1];
  }

  /** Appends those of a place to its series, which has what came before and no one else has. */
  void appendTo(HeadSeries series, int place) {
    if (!has(place)) {
      return;
    }
    int end = last[place] - 1;
    int e = end;
    do {
      e = next[e >>> PAGE_BITS][e & PAGE_MASK];
      series.append(times[e >>> PAGE_BITS][e & PAGE_MASK], values[e >>> PAGE_BITS][e & PAGE_MASK]);
    } while (e != end);
  }
}
