package dnd.metrics.server.model;

/**
 * The bucket around zero: all observations from -threshold to threshold.
 *
 * @param carried what {@link CompensatedSum} carries with the count
 */
record ZeroBucket(double threshold, double count, double carried) {

  static ZeroBucket of(Histogram h) {
    return new ZeroBucket(h.zeroThreshold(), h.zeroCount(), 0);
  }

  ZeroBucket widened(double threshold, Histogram h) {
    return widened(
        threshold,
        h.schema(),
        BucketSums.view(h.positive(), false),
        BucketSums.view(h.negative(), false));
  }

  /**
   * The zero bucket that reaches at least to {@code atLeast} and takes up the buckets inside it. If
   * that is within a bucket with observations, the threshold moves up to that bucket's end.
   */
  ZeroBucket widened(double atLeast, int schema, BucketSums positive, BucketSums negative) {
    if (atLeast == threshold) {
      return this;
    }
    double reached = atLeast;
    double carry = carried;
    while (true) {
      Taken up = take(positive, schema, reached, count, carry);
      reached = up.threshold;
      Taken down = take(negative, schema, reached, up.count, up.carried);
      // What was carried is not set back here when the other side has to be done again, which is
      // as in Prometheus.
      carry = down.carried;
      if (down.threshold == reached) {
        return new ZeroBucket(reached, down.count, carry);
      }
      reached = down.threshold;
    }
  }

  private record Taken(double threshold, double count, double carried) {}

  private static Taken take(
      BucketSums buckets, int schema, double threshold, double count, double carried) {
    double total = count;
    double carry = carried;
    for (int i = 0; i < buckets.indexes.length; i++) {
      int index = buckets.indexes[i];
      if (BucketBounds.exponential(index - 1, schema) >= threshold) {
        break;
      }
      double term = buckets.counts[i];
      carry = CompensatedSum.carry(term, total, carry);
      total += term;
      if (buckets.carried != null) {
        carry = CompensatedSum.carry(buckets.carried[i], total, carry);
        total += buckets.carried[i];
      }
      double end = BucketBounds.exponential(index, schema);
      if (end > threshold) {
        return new Taken(buckets.counts[i] == 0 ? threshold : end, total, carry);
      }
    }
    return new Taken(threshold, total, carry);
  }
}
