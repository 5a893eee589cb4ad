package dnd.metrics.server.model;

import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts durations in the buckets of a native histogram of seconds, as Prometheus defines it, with
 * four buckets a power of two: from a microsecond to a quarter of an hour, what lies beyond in the
 * outermost. Recording allocates nothing. Safe for use by several threads.
 */
public final class DurationHistogram {
  public static final int SCHEMA = 2;

  private static final int LEAST = -80;
  private static final int MOST = 40;
  private static final double NANOS_PER_SECOND = 1e9;

  /** Upper bounds of the buckets in nanoseconds, which belong to them. */
  private static final long[] BOUNDS_NANOS = new long[MOST - LEAST + 1];

  static {
    for (int i = LEAST; i <= MOST; i++) {
      double seconds = Math.pow(2, i / (double) (1 << SCHEMA));
      BOUNDS_NANOS[i - LEAST] = (long) Math.floor(seconds * NANOS_PER_SECOND);
    }
  }

  private final AtomicLongArray counts = new AtomicLongArray(BOUNDS_NANOS.length);
  private final LongAdder sumNanos = new LongAdder();

  /** Adds the time from {@code startNanos}, a reading of {@link System#nanoTime}, to now. */
  public void recordSince(long startNanos) {
    record(System.nanoTime() - startNanos);
  }

  public void record(long nanos) {
    int found = Arrays.binarySearch(BOUNDS_NANOS, nanos);
    int bucket = found < 0 ? -found - 1 : found;
    counts.incrementAndGet(Math.min(bucket, BOUNDS_NANOS.length - 1));
    sumNanos.add(nanos);
  }

  /** Counts by the index of the bucket, empty ones left out. */
  public SortedMap<Integer, Double> buckets() {
    SortedMap<Integer, Double> buckets = new TreeMap<>();
    for (int i = 0; i < BOUNDS_NANOS.length; i++) {
      long count = counts.get(i);
      if (count > 0) {
        buckets.put(LEAST + i, (double) count);
      }
    }
    return buckets;
  }

  public double sumSeconds() {
    return sumNanos.sum() / NANOS_PER_SECOND;
  }
}
