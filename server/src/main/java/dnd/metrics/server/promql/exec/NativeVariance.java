package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.BucketCursor;
import dnd.metrics.server.model.Histogram;

/**
 * The estimated variance of a native histogram's observations: each is taken to be at the middle of
 * its bucket, the arithmetic one of custom buckets, the geometric one of exponential buckets.
 */
final class NativeVariance {
  private NativeVariance() {}

  static double variance(Histogram h) {
    double mean = h.sum() / h.count();
    KahanSum sum = new KahanSum();
    sum.reset(0);
    BucketCursor cursor = BucketCursor.ascending(h);
    while (cursor.next()) {
      if (cursor.count() != 0) {
        double delta = middle(h, cursor) - mean;
        sum.add(cursor.count() * delta * delta);
      }
    }
    return sum.value() / h.count();
  }

  static double standardDeviation(Histogram h) {
    return Math.sqrt(variance(h));
  }

  private static double middle(Histogram h, BucketCursor bucket) {
    if (h.hasCustomBuckets()) {
      return (bucket.upper() + bucket.lower()) / 2;
    }
    if (bucket.lower() <= 0 && bucket.upper() >= 0) {
      return 0;
    }
    double middle = Math.sqrt(bucket.upper() * bucket.lower());
    return bucket.upper() < 0 ? -middle : middle;
  }
}
