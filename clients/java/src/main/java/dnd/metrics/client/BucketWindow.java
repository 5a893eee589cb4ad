package dnd.metrics.client;

import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The buckets of one side of a native histogram, from the lowest to the highest. For one thread.
 */
final class BucketWindow {
  private static final int ROOM = 16;

  private long[] counts = {};

  /** The bucket of {@code counts[0]}. */
  private int base;

  private int lowest = Integer.MAX_VALUE;
  private int highest = Integer.MIN_VALUE;

  /** Whether {@code index} is a bucket between the lowest and the highest. */
  boolean covers(int index) {
    return index >= lowest && index <= highest;
  }

  /** Counts {@code n} more in a bucket that is {@linkplain #covers covered}. */
  void add(int index, long n) {
    counts[index - base] += n;
  }

  /** How many buckets there are from the lowest to the highest, the empty ones between them too. */
  int width() {
    return lowest > highest ? 0 : highest - lowest + 1;
  }

  /** What {@link #width} would be if {@code index} were covered as well. */
  int widthWith(int index) {
    return lowest > highest ? 1 : Math.max(highest, index) - Math.min(lowest, index) + 1;
  }

  void cover(int index) {
    int newLowest = Math.min(lowest, index);
    int newHighest = Math.max(highest, index);
    if (counts.length == 0) {
      base = index - ROOM / 2;
      counts = new long[ROOM];
    } else if (newLowest < base || newHighest >= base + counts.length) {
      int newBase = newLowest < base ? newLowest - ROOM / 2 : base;
      long[] larger = new long[Math.max(newHighest + 1, base + counts.length) - newBase + ROOM / 2];
      System.arraycopy(counts, 0, larger, base - newBase, counts.length);
      base = newBase;
      counts = larger;
    }
    lowest = newLowest;
    highest = newHighest;
  }

  /** Joins every two neighbours: one schema lower. */
  void halve() {
    if (lowest > highest) {
      return;
    }
    long[] before = counts;
    int beforeBase = base;
    int first = lowest;
    int last = highest;
    lowest = BucketIndex.coarser(first, 1);
    highest = BucketIndex.coarser(last, 1);
    base = lowest - ROOM / 2;
    counts = new long[highest - base + 1 + ROOM / 2];
    for (int i = first; i <= last; i++) {
      counts[BucketIndex.coarser(i, 1) - base] += before[i - beforeBase];
    }
  }

  int lowest() {
    return lowest;
  }

  int highest() {
    return highest;
  }

  long count(int index) {
    return counts[index - base];
  }

  long total() {
    long total = 0;
    for (long count : counts) {
      total += count;
    }
    return total;
  }

  /** The buckets that are not empty. */
  SortedMap<Integer, Double> toMap() {
    SortedMap<Integer, Double> map = new TreeMap<>();
    for (int i = lowest; i <= highest; i++) {
      if (count(i) > 0) {
        map.put(i, (double) count(i));
      }
    }
    return map;
  }
}
