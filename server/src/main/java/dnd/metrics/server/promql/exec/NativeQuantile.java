package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.BucketCursor;
import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.promql.parse.PositionRange;

/**
 * The quantile of a native histogram, interpolated as Prometheus does ({@code HistogramQuantile} in
 * {@code promql/quantile.go}): evenly within custom buckets and the zero bucket, evenly on a
 * logarithmic scale within exponential ones.
 */
final class NativeQuantile {
  private NativeQuantile() {}

  static double of(
      double q,
      Histogram h,
      String metricName,
      PositionRange position,
      AnnotationCollector annotations) {
    if (q < 0) {
      return Double.NEGATIVE_INFINITY;
    }
    if (q > 1) {
      return Double.POSITIVE_INFINITY;
    }
    if (h.count() == 0 || Double.isNaN(q)) {
      return Double.NaN;
    }
    // Observations of NaN are in the count but in no bucket, as if they were above all buckets:
    // then only the way up finds the rank.
    boolean sumIsNaN = Double.isNaN(h.sum());
    boolean upwards = sumIsNaN || q < 0.5;
    BucketCursor cursor = upwards ? BucketCursor.ascending(h) : BucketCursor.descending(h);
    double rank = (upwards ? q : 1 - q) * h.count();
    double count = 0;
    while (cursor.next()) {
      count += cursor.count();
      if (cursor.count() != 0 && count >= rank) {
        break;
      }
    }
    double lower = cursor.lower();
    double upper = cursor.upper();
    double inBucket = cursor.count();
    if (h.hasCustomBuckets()) {
      if (lower == Double.NEGATIVE_INFINITY) {
        if (upper <= 0) {
          return upper;
        }
        lower = 0;
      } else if (upper == Double.POSITIVE_INFINITY) {
        return lower;
      }
    } else if (lower < 0 && upper > 0) {
      lower = zeroLower(h, lower);
      upper = zeroUpper(h, upper);
    }
    // Sums of counts may be a little more than the count itself.
    count = Math.min(count, h.count());
    if (count < rank) {
      if (sumIsNaN) {
        annotations.add(Annotation.quantileIsNaN(metricName, position));
        return Double.NaN;
      }
      return upper;
    }
    rank = upwards ? rank - (count - inBucket) : count - rank;
    if (sumIsNaN) {
      while (cursor.next()) {
        // From here on Prometheus goes by the last bucket there is, and answers must be equal.
        lower = cursor.lower();
        upper = cursor.upper();
        inBucket = cursor.count();
        count += inBucket;
      }
      if (count < h.count()) {
        annotations.add(Annotation.quantileIsSkewed(metricName, position));
      }
    }
    double share = rank / inBucket;
    if (h.hasCustomBuckets() || (lower <= 0 && upper >= 0)) {
      return lower + (upper - lower) * share;
    }
    double logLower = Logarithm.log2(Math.abs(lower));
    double logUpper = Logarithm.log2(Math.abs(upper));
    return lower > 0
        ? Logarithm.exp2(logLower + (logUpper - logLower) * share)
        : -Logarithm.exp2(logUpper + (logLower - logUpper) * (1 - share));
  }

  /** Where the zero bucket begins: at zero when there are positive observations only. */
  static double zeroLower(Histogram h, double lower) {
    return h.negative().isEmpty() && !h.positive().isEmpty() ? 0 : lower;
  }

  /** Where the zero bucket ends: at zero when there are negative observations only. */
  static double zeroUpper(Histogram h, double upper) {
    return h.positive().isEmpty() && !h.negative().isEmpty() ? 0 : upper;
  }
}
