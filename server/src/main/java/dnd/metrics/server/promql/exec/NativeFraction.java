package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.BucketCursor;
import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.promql.parse.PositionRange;

/**
 * Which fraction of a native histogram's observations is between two values, interpolated as {@link
 * NativeQuantile} is ({@code HistogramFraction} in Prometheus's {@code promql/quantile.go}).
 */
final class NativeFraction {
  private NativeFraction() {}

  static double of(
      double lower,
      double upper,
      Histogram h,
      String metricName,
      PositionRange position,
      AnnotationCollector annotations) {
    if (h.count() == 0 || Double.isNaN(lower) || Double.isNaN(upper)) {
      return Double.NaN;
    }
    if (lower >= upper) {
      return 0;
    }
    BucketCursor cursor = BucketCursor.ascending(h);
    double count = 0;
    double rank = 0;
    double lowerRank = Double.NaN;
    double upperRank = Double.NaN;
    while (cursor.next()) {
      count += cursor.count();
      if (Double.isNaN(lowerRank)) {
        lowerRank = rankIn(cursor, h, rank, lower);
      }
      if (Double.isNaN(upperRank)) {
        upperRank = rankIn(cursor, h, rank, upper);
      }
      if (!Double.isNaN(lowerRank) && !Double.isNaN(upperRank)) {
        break;
      }
      rank += cursor.count();
    }
    if (Double.isNaN(h.sum())) {
      // Observations of NaN are in no bucket.
      while (cursor.next()) {
        count += cursor.count();
      }
      if (count < h.count()) {
        annotations.add(Annotation.fractionExcludesNaN(metricName, position));
      }
    } else {
      count = h.count();
    }
    return (atMost(count, upperRank) - atMost(count, lowerRank)) / h.count();
  }

  private static double atMost(double count, double rank) {
    return Double.isNaN(rank) || rank > count ? count : rank;
  }

  /** How many observations are at or below {@code v}; NaN where v is above the bucket. */
  private static double rankIn(BucketCursor bucket, Histogram h, double rank, double v) {
    double lower = bucket.lower();
    double upper = bucket.upper();
    boolean zeroBucket = lower <= 0 && upper >= 0;
    if (zeroBucket) {
      lower = NativeQuantile.zeroLower(h, lower);
      upper = NativeQuantile.zeroUpper(h, upper);
    }
    if (lower >= v) {
      return rank;
    }
    if (!(upper > v)) {
      return Double.NaN;
    }
    if (!h.hasCustomBuckets() && !zeroBucket) {
      return rank + bucket.count() * Logarithm.exponentialShare(lower, upper, v);
    }
    // Nothing can be said about where observations are within a bucket without a lower bound.
    return lower == Double.NEGATIVE_INFINITY
        ? bucket.count()
        : rank + bucket.count() * Logarithm.linearShare(lower, upper, v);
  }
}
