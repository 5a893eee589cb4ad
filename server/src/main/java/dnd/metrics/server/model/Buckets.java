package dnd.metrics.server.model;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One side of a native histogram: the indexes of its buckets, ascending, and the count of each.
 * Counts are absolute. Buckets with a count of zero may be there. Immutable: the arrays that the
 * accessors return are the object's own and must not be changed.
 */
public final class Buckets {
  /** The object, and the heads of its arrays. */
  private static final int OBJECT_BYTES = 56;

  private static final Buckets NONE = new Buckets(new int[0], new double[0]);

  private final int[] indexes;
  private final double[] counts;

  private Buckets(int[] indexes, double[] counts) {
    this.indexes = indexes;
    this.counts = counts;
  }

  public static Buckets none() {
    return NONE;
  }

  /** About how many bytes it takes. */
  int heapBytes() {
    return indexes.length == 0 ? 0 : OBJECT_BYTES + 12 * indexes.length;
  }

  /**
   * Takes over arrays of one length, {@code indexes} strictly ascending; the caller must not change
   * them afterwards. Several objects may share one array of indexes, which makes sums cheaper.
   */
  public static Buckets of(int[] indexes, double[] counts) {
    if (indexes.length != counts.length) {
      throw new IllegalArgumentException(
          indexes.length + " indexes for " + counts.length + " counts");
    }
    return indexes.length == 0 ? NONE : new Buckets(indexes, counts);
  }

  /** Buckets without gaps; the first has the index {@code firstIndex}. */
  public static Buckets contiguous(int firstIndex, double... counts) {
    int[] indexes = new int[counts.length];
    for (int i = 0; i < indexes.length; i++) {
      indexes[i] = firstIndex + i;
    }
    return of(indexes, counts.clone());
  }

  /**
   * Buckets in Prometheus's notation: each span is an offset (of the first span its first index, of
   * others the gap behind the span before) and a length.
   */
  public static Buckets ofSpans(int[] offsetsAndLengths, double[] counts) {
    int[] indexes = new int[counts.length];
    int n = 0;
    int index = 0;
    for (int s = 0; s < offsetsAndLengths.length; s += 2) {
      index += offsetsAndLengths[s];
      for (int j = 0; j < offsetsAndLengths[s + 1]; j++) {
        if (n == indexes.length) {
          throw new IllegalArgumentException("spans need more buckets than " + counts.length);
        }
        if (n > 0 && index <= indexes[n - 1]) {
          throw new IllegalArgumentException("span number " + (s / 2 + 1) + " goes backwards");
        }
        indexes[n++] = index++;
      }
    }
    if (n != counts.length) {
      throw new IllegalArgumentException("spans need " + n + " buckets, have " + counts.length);
    }
    return of(indexes, counts.clone());
  }

  public int size() {
    return indexes.length;
  }

  public boolean isEmpty() {
    return indexes.length == 0;
  }

  public int index(int i) {
    return indexes[i];
  }

  public double count(int i) {
    return counts[i];
  }

  /** The indexes; not to be changed. */
  public int[] indexes() {
    return indexes;
  }

  /** The counts; not to be changed. */
  public double[] counts() {
    return counts;
  }

  /** The spans that {@link #ofSpans} takes, as few as possible. */
  public int[] spans() {
    int spans = 0;
    for (int i = 0; i < indexes.length; i++) {
      if (i == 0 || indexes[i] != indexes[i - 1] + 1) {
        spans++;
      }
    }
    int[] result = new int[2 * spans];
    int s = -2;
    for (int i = 0; i < indexes.length; i++) {
      if (i == 0) {
        s += 2;
        result[s] = indexes[0];
      } else if (indexes[i] != indexes[i - 1] + 1) {
        s += 2;
        result[s] = indexes[i] - indexes[i - 1] - 1;
      }
      result[s + 1]++;
    }
    return result;
  }

  /** These without the buckets that count nothing. */
  public Buckets withoutEmpty() {
    int n = 0;
    for (double count : counts) {
      if (count != 0) {
        n++;
      }
    }
    if (n == counts.length) {
      return this;
    }
    int[] keptIndexes = new int[n];
    double[] keptCounts = new double[n];
    n = 0;
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] != 0) {
        keptIndexes[n] = indexes[i];
        keptCounts[n++] = counts[i];
      }
    }
    return of(keptIndexes, keptCounts);
  }

  Buckets multipliedBy(double factor) {
    double[] result = new double[counts.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = counts[i] * factor;
    }
    return of(indexes, result);
  }

  Buckets dividedBy(double divisor) {
    double[] result = new double[counts.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = counts[i] / divisor;
    }
    return of(indexes, result);
  }

  Buckets reduced(int fromSchema, int toSchema) {
    BucketSums sums = BucketSums.view(this, false);
    sums.reduce(fromSchema, toSchema);
    return sums.toBuckets();
  }

  boolean isWhole() {
    for (double count : counts) {
      if (!Histogram.isWholeCount(count)) {
        return false;
      }
    }
    return true;
  }

  /** Equal are buckets of equal indexes whose counts have the same bits. */
  @Override
  public boolean equals(@Nullable Object o) {
    if (!(o instanceof Buckets other) || !Arrays.equals(indexes, other.indexes)) {
      return false;
    }
    for (int i = 0; i < counts.length; i++) {
      if (Double.doubleToRawLongBits(counts[i]) != Double.doubleToRawLongBits(other.counts[i])) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(indexes) + Arrays.hashCode(counts);
  }

  @Override
  public String toString() {
    return Arrays.toString(indexes) + Arrays.toString(counts);
  }
}
