package dnd.metrics.server.model;

/**
 * Walks over buckets of a histogram: {@link #next} first, then the other methods about the bucket
 * reached. Buckets that are there with a count of zero are walked over too; a zero bucket without
 * observations is not. For one thread.
 */
public final class BucketCursor {
  private static final int AT_ZERO = 1;
  private static final int DONE = 3;

  private final Histogram histogram;
  private final boolean ascending;
  private int part;
  private int at;
  private double lower;
  private double upper;
  private boolean lowerInclusive;
  private boolean upperInclusive;
  private double count;

  private BucketCursor(Histogram histogram, boolean ascending) {
    this.histogram = histogram;
    this.ascending = ascending;
    at = start();
  }

  /**
   * All buckets, lowest first. A bucket that reaches into the zero bucket is cut off at the zero
   * threshold, here as in {@link #descending}.
   */
  public static BucketCursor ascending(Histogram histogram) {
    return new BucketCursor(histogram, true);
  }

  /** All buckets, highest first. */
  public static BucketCursor descending(Histogram histogram) {
    return new BucketCursor(histogram, false);
  }

  /** Goes to the next bucket; false when there is none. */
  public boolean next() {
    while (part != DONE) {
      if (part == AT_ZERO) {
        part++;
        at = start();
        if (histogram.zeroCount() > 0) {
          lower = -histogram.zeroThreshold();
          upper = histogram.zeroThreshold();
          lowerInclusive = true;
          upperInclusive = true;
          count = histogram.zeroCount();
          return true;
        }
        continue;
      }
      boolean positive = (part == 0) != ascending;
      Buckets buckets = positive ? histogram.positive() : histogram.negative();
      if (at < 0 || at >= buckets.size()) {
        part++;
        continue;
      }
      set(buckets.index(at), buckets.count(at), positive);
      at += part == 0 ? -1 : 1;
      return true;
    }
    return false;
  }

  /** The first part is walked from its far end to zero, the last one from zero on. */
  private int start() {
    if (part > 0) {
      return 0;
    }
    return (ascending ? histogram.negative() : histogram.positive()).size() - 1;
  }

  private void set(int index, double bucketCount, boolean positive) {
    count = bucketCount;
    if (histogram.hasCustomBuckets()) {
      lower = BucketBounds.custom(index - 1, histogram.customValues());
      upper = BucketBounds.custom(index, histogram.customValues());
      lowerInclusive = index == 0;
      upperInclusive = true;
      return;
    }
    double near = BucketBounds.exponential(index - 1, histogram.schema());
    double far = BucketBounds.exponential(index, histogram.schema());
    lowerInclusive = !positive;
    upperInclusive = positive;
    if (near < histogram.zeroThreshold()) {
      near = histogram.zeroThreshold();
    }
    lower = positive ? near : -far;
    upper = positive ? far : -near;
  }

  public double lower() {
    return lower;
  }

  public double upper() {
    return upper;
  }

  public boolean lowerInclusive() {
    return lowerInclusive;
  }

  public boolean upperInclusive() {
    return upperInclusive;
  }

  public double count() {
    return count;
  }
}
