package dnd.metrics.client;

import dnd.metrics.events.NativeHistogram;

/**
 * A native histogram that counts. It begins with schema 3 (8 buckets a power of two); where its two
 * sides together would span more than {@value #MAX_WIDTH} buckets, the resolution is halved, down
 * to schema -4, which spans all numbers. For one thread.
 */
final class NativeBuckets {
  static final int MAX_WIDTH = 160;

  private final BucketWindow positive = new BucketWindow();
  private final BucketWindow negative = new BucketWindow();
  private int schema = BucketIndex.FINEST_SCHEMA;
  private long zeros;
  private double sum;

  /** Counts a finite number. */
  void observe(double value) {
    sum += value;
    double magnitude = Math.abs(value);
    if (magnitude <= BucketIndex.ZERO_THRESHOLD) {
      zeros++;
      return;
    }
    BucketWindow side = value > 0 ? positive : negative;
    int index = BucketIndex.of(magnitude, schema);
    if (!side.covers(index)) {
      index = cover(side, index);
    }
    side.add(index, 1);
  }

  /** Makes room for a bucket of today's schema; the bucket that it is afterwards. */
  private int cover(BucketWindow side, int index) {
    BucketWindow other = side == positive ? negative : positive;
    int at = index;
    while (schema > BucketIndex.COARSEST_SCHEMA && side.widthWith(at) + other.width() > MAX_WIDTH) {
      halve();
      at = BucketIndex.coarser(at, 1);
    }
    side.cover(at);
    return at;
  }

  private void halve() {
    positive.halve();
    negative.halve();
    schema--;
  }

  /** Counts what {@code other} has counted as well. */
  void addAll(NativeBuckets other) {
    sum += other.sum;
    zeros += other.zeros;
    while (schema > other.schema) {
      halve();
    }
    addSide(positive, other.positive, other.schema);
    addSide(negative, other.negative, other.schema);
  }

  private void addSide(BucketWindow side, BucketWindow source, int sourceSchema) {
    for (int i = source.lowest(); i <= source.highest(); i++) {
      long count = source.count(i);
      if (count > 0) {
        int index = BucketIndex.coarser(i, sourceSchema - schema);
        side.add(side.covers(index) ? index : cover(side, index), count);
      }
    }
  }

  long count() {
    return zeros + positive.total() + negative.total();
  }

  double sum() {
    return sum;
  }

  NativeHistogram toEvent() {
    return new NativeHistogram(
        schema,
        count(),
        sum,
        BucketIndex.ZERO_THRESHOLD,
        zeros,
        positive.toMap(),
        negative.toMap());
  }
}
