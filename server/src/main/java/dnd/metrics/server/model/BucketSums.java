package dnd.metrics.server.model;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One side of a histogram that is being summed: buckets that change in place, each with what {@link
 * CompensatedSum} carries where the sum is compensated. For one thread.
 */
final class BucketSums {
  int[] indexes;
  double[] counts;

  /** Of the length of {@link #counts}; null where the sum is not compensated. */
  double @Nullable [] carried;

  private BucketSums(int[] indexes, double[] counts, double @Nullable [] carried) {
    this.indexes = indexes;
    this.counts = counts;
    this.carried = carried;
  }

  static BucketSums copyOf(Buckets buckets, boolean compensated) {
    double[] counts = buckets.counts().clone();
    return new BucketSums(
        buckets.indexes(), counts, compensated ? new double[counts.length] : null);
  }

  /** For reading, and for {@link #reduce}, which makes new arrays. */
  static BucketSums view(Buckets buckets, boolean compensated) {
    double[] carried = compensated ? new double[buckets.size()] : null;
    return new BucketSums(buckets.indexes(), buckets.counts(), carried);
  }

  BucketSums copy() {
    return new BucketSums(indexes, counts.clone(), carried == null ? null : carried.clone());
  }

  /** The buckets with what was carried added. */
  Buckets toBuckets() {
    double[] result = counts.clone();
    if (carried != null) {
      for (int i = 0; i < result.length; i++) {
        result[i] += carried[i];
      }
    }
    return Buckets.of(indexes, result);
  }

  /** Adds (or with sign -1 subtracts) buckets, but for the first ones that {@code skip} says. */
  void add(BucketSums other, int sign, int skip) {
    if (skip == 0 && Arrays.equals(indexes, other.indexes)) {
      for (int i = 0; i < counts.length; i++) {
        addTo(i, other, i, sign);
      }
      return;
    }
    widen(other.indexes, skip);
    int at = 0;
    for (int i = skip; i < other.indexes.length; i++) {
      while (indexes[at] != other.indexes[i]) {
        at++;
      }
      addTo(at, other, i, sign);
    }
  }

  private void addTo(int at, BucketSums other, int i, int sign) {
    double term = sign * other.counts[i];
    double[] c = carried;
    if (c == null) {
      counts[at] += term;
      return;
    }
    c[at] = CompensatedSum.carry(term, counts[at], c[at]);
    counts[at] += term;
    double[] otherCarried = other.carried;
    if (otherCarried != null && otherCarried[i] != 0) {
      term = sign * otherCarried[i];
      c[at] = CompensatedSum.carry(term, counts[at], c[at]);
      counts[at] += term;
    }
  }

  /** Gets empty buckets where only the other side has some. */
  private void widen(int[] others, int skip) {
    int[] union = new int[indexes.length + others.length - skip];
    double[] newCounts = new double[union.length];
    double[] newCarried = carried == null ? null : new double[union.length];
    int n = 0;
    int i = 0;
    int j = skip;
    while (i < indexes.length || j < others.length) {
      boolean mine = i < indexes.length && (j == others.length || indexes[i] <= others[j]);
      if (mine) {
        if (j < others.length && others[j] == indexes[i]) {
          j++;
        }
        newCounts[n] = counts[i];
        if (newCarried != null && carried != null) {
          newCarried[n] = carried[i];
        }
        union[n++] = indexes[i++];
      } else {
        // Zero takes the sign that makes "zero plus the term" the term itself, also for -0.
        newCounts[n] = -0.0;
        union[n++] = others[j++];
      }
    }
    indexes = Arrays.copyOf(union, n);
    counts = Arrays.copyOf(newCounts, n);
    carried = newCarried == null ? null : Arrays.copyOf(newCarried, n);
  }

  void reduce(int fromSchema, int toSchema) {
    int[] newIndexes = new int[indexes.length];
    double[] newCounts = new double[indexes.length];
    double[] newCarried = carried == null ? null : new double[indexes.length];
    int n = 0;
    for (int i = 0; i < indexes.length; i++) {
      int index = BucketBounds.reducedIndex(indexes[i], fromSchema, toSchema);
      if (n == 0 || newIndexes[n - 1] != index) {
        newIndexes[n] = index;
        newCounts[n] = counts[i];
        if (newCarried != null && carried != null) {
          newCarried[n] = carried[i];
        }
        n++;
        continue;
      }
      int at = n - 1;
      if (newCarried != null && carried != null) {
        newCarried[at] = CompensatedSum.carry(counts[i], newCounts[at], newCarried[at]);
        newCounts[at] += counts[i];
        newCarried[at] = CompensatedSum.carry(carried[i], newCounts[at], newCarried[at]);
        newCounts[at] += carried[i];
      } else {
        newCounts[at] += counts[i];
      }
    }
    indexes = Arrays.copyOf(newIndexes, n);
    counts = Arrays.copyOf(newCounts, n);
    carried = newCarried == null ? null : Arrays.copyOf(newCarried, n);
  }

  /** Empties the first {@code n} buckets. */
  void empty(int n) {
    Arrays.fill(counts, 0, n, 0);
    if (carried != null) {
      Arrays.fill(carried, 0, n, 0);
    }
  }

  /** Removes buckets that count nothing and carry nothing. */
  void compact() {
    int n = 0;
    int[] newIndexes = new int[indexes.length];
    for (int i = 0; i < indexes.length; i++) {
      if (counts[i] != 0 || (carried != null && carried[i] != 0)) {
        counts[n] = counts[i];
        if (carried != null) {
          carried[n] = carried[i];
        }
        newIndexes[n++] = indexes[i];
      }
    }
    if (n < indexes.length) {
      indexes = Arrays.copyOf(newIndexes, n);
      counts = Arrays.copyOf(counts, n);
      carried = carried == null ? null : Arrays.copyOf(carried, n);
    }
  }

  /**
   * Adds custom buckets of other bounds than these; both go to the buckets that {@code common}, the
   * bounds that both have, leave. Those that stay empty are left out. Sums are compensated within,
   * also where this side is not.
   */
  void addCustom(
      double[] bounds, BucketSums other, double[] otherBounds, double[] common, int sign) {
    double[] sums = new double[common.length + 1];
    double[] carries = new double[common.length + 1];
    spread(this, bounds, common, 1, true, sums, carries);
    spread(other, otherBounds, common, sign, false, sums, carries);
    int[] all = new int[sums.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = i;
    }
    double[] ownCarried = carried;
    indexes = all;
    counts = sums;
    carried = carries;
    compact();
    if (ownCarried == null) {
      carried = null;
    }
  }

  private static void spread(
      BucketSums from,
      double[] bounds,
      double[] common,
      int sign,
      boolean withCarried,
      double[] sums,
      double[] carries) {
    int target = 0;
    for (int i = 0; i < from.indexes.length; i++) {
      int index = from.indexes[i];
      if (index >= bounds.length) {
        target = common.length;
      }
      while (target < common.length && common[target] < bounds[index]) {
        target++;
      }
      double term = sign * from.counts[i];
      carries[target] = CompensatedSum.carry(term, sums[target], carries[target]);
      sums[target] += term;
      if (withCarried && from.carried != null) {
        term = from.carried[i];
        carries[target] = CompensatedSum.carry(term, sums[target], carries[target]);
        sums[target] += term;
      }
    }
  }

  void multiply(double factor) {
    for (int i = 0; i < counts.length; i++) {
      counts[i] *= factor;
      if (carried != null) {
        carried[i] *= factor;
      }
    }
  }

  void divide(double divisor) {
    for (int i = 0; i < counts.length; i++) {
      counts[i] /= divisor;
      if (carried != null) {
        carried[i] /= divisor;
      }
    }
  }

  boolean hasInfinity() {
    for (double count : counts) {
      if (Double.isInfinite(count)) {
        return true;
      }
    }
    return false;
  }
}
