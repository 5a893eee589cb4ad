package dnd.metrics.server.head;

import dnd.metrics.server.model.Buckets;
import java.util.Arrays;

/**
 * The counts of one side of a native histogram, from its lowest to its highest bucket. Counting
 * into a bucket inside the window changes it in place; everything else makes a new one.
 */
final class BucketWindow {
  static final BucketWindow EMPTY = new BucketWindow(0, new long[0]);

  /** Upper bounds of the buckets of schemas 1 to 8 between 0.5 and 1, 0.5 included, 1 not. */
  private static final double[][] BOUNDS = bounds();

  private final int first;
  private final long[] counts;

  private BucketWindow(int first, long[] counts) {
    this.first = first;
    this.counts = counts;
  }

  private static double[][] bounds() {
    double[][] all = new double[9][];
    for (int schema = 0; schema < all.length; schema++) {
      int n = 1 << schema;
      all[schema] = new double[n];
      for (int i = 0; i < n; i++) {
        all[schema][i] = Math.pow(2, (double) i / n - 1);
      }
    }
    return all;
  }

  /** The bucket of a positive, finite number: bounds are powers of 2^(2^-schema), upper ones in. */
  static int indexOf(double magnitude, int schema) {
    double normal = magnitude;
    int exponent = 0;
    if (normal < Double.MIN_NORMAL) {
      normal *= 0x1p54;
      exponent = -54;
    }
    exponent += Math.getExponent(normal) + 1;
    double fraction = Math.scalb(normal, -(Math.getExponent(normal) + 1)); // 0.5 to 1
    if (schema <= 0) {
      int powerOfTwo = fraction == 0.5 ? exponent - 1 : exponent;
      int width = -schema;
      return (powerOfTwo + (1 << width) - 1) >> width;
    }
    double[] bounds = BOUNDS[schema];
    int at = Arrays.binarySearch(bounds, fraction);
    return (at < 0 ? -at - 1 : at) + (exponent - 1) * bounds.length;
  }

  int size() {
    return counts.length;
  }

  /** How many buckets there would be with {@code index} among them. */
  int sizeWith(int index) {
    if (counts.length == 0) {
      return 1;
    }
    return Math.max(first + counts.length - 1, index) - Math.min(first, index) + 1;
  }

  /** This one where it has a bucket; otherwise a wider one. */
  BucketWindow with(int index) {
    int at = index - first;
    if (at >= 0 && at < counts.length) {
      return this;
    }
    if (counts.length == 0) {
      return new BucketWindow(index, new long[1]);
    }
    int low = Math.min(first, index);
    long[] wider = new long[sizeWith(index)];
    System.arraycopy(counts, 0, wider, first - low, counts.length);
    return new BucketWindow(low, wider);
  }

  /** Counts into a bucket that it has. */
  void increment(int index) {
    counts[index - first]++;
  }

  /** The same counts in buckets of double width: bucket i goes into (i + 1) / 2, rounded down. */
  BucketWindow halved() {
    if (counts.length == 0) {
      return this;
    }
    int low = (first + 1) >> 1;
    int high = (first + counts.length) >> 1;
    long[] merged = new long[high - low + 1];
    for (int i = 0; i < counts.length; i++) {
      merged[((first + i + 1) >> 1) - low] += counts[i];
    }
    return new BucketWindow(low, merged);
  }

  void write(CheckpointBytes out) {
    out.signed(first);
    out.unsigned(counts.length);
    for (long count : counts) {
      out.unsigned(count);
    }
  }

  static BucketWindow read(CheckpointCursor in) {
    int first = (int) in.signed();
    long[] counts = new long[in.count()];
    for (int i = 0; i < counts.length; i++) {
      counts[i] = in.unsigned();
    }
    return new BucketWindow(first, counts);
  }

  BucketWindow copy() {
    return new BucketWindow(first, counts.clone());
  }

  /** The buckets that are not empty. */
  Buckets toBuckets() {
    int n = 0;
    for (long count : counts) {
      n += count == 0 ? 0 : 1;
    }
    int[] indexes = new int[n];
    double[] values = new double[n];
    n = 0;
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] != 0) {
        indexes[n] = first + i;
        values[n++] = counts[i];
      }
    }
    return Buckets.of(indexes, values);
  }
}
