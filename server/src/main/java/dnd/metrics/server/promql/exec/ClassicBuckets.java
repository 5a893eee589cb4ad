package dnd.metrics.server.promql.exec;

/**
 * The buckets of one classic histogram at one step: cumulative counts by upper bound. Reused from
 * step to step; fields are open for the loop that fills it, in order of the bounds. For one thread.
 */
final class ClassicBuckets {
  /**
   * Counts that differ by less than this share are taken as equal: such differences come from
   * rounding, when counts are rates.
   */
  private static final double SMALL_DIFFERENCE = 1e-12;

  final double[] bounds;
  final double[] counts;
  int size;

  /** Whether the last quantile had to make counts monotonic, and where. */
  boolean forcedMonotonicity;

  double minForcedBound;
  double maxForcedBound;
  double maxForcedDifference;

  ClassicBuckets(int capacity) {
    bounds = new double[capacity];
    counts = new double[capacity];
  }

  /** The q-quantile, interpolated linearly within its bucket. */
  double quantile(double q) {
    forcedMonotonicity = false;
    if (Double.isNaN(q)) {
      return Double.NaN;
    }
    if (q < 0) {
      return Double.NEGATIVE_INFINITY;
    }
    if (q > 1) {
      return Double.POSITIVE_INFINITY;
    }
    if (bounds[size - 1] != Double.POSITIVE_INFINITY) {
      return Double.NaN;
    }
    mergeEqualBounds();
    makeMonotonic();
    if (size < 2) {
      return Double.NaN;
    }
    int last = size - 1;
    double observations = counts[last];
    if (observations == 0) {
      return Double.NaN;
    }
    double rank = q * observations;
    int b = 0;
    while (b < last && !(counts[b] >= rank)) {
      b++;
    }
    if (b == last) {
      return bounds[last - 1];
    }
    if (b == 0) {
      return bounds[0] <= 0 ? bounds[0] : bounds[0] * (rank / counts[0]);
    }
    double start = bounds[b - 1];
    double below = counts[b - 1];
    return start + (bounds[b] - start) * ((rank - below) / (counts[b] - below));
  }

  private void mergeEqualBounds() {
    int n = 0;
    for (int i = 1; i < size; i++) {
      if (bounds[i] == bounds[n]) {
        counts[n] += counts[i];
      } else {
        n++;
        bounds[n] = bounds[i];
        counts[n] = counts[i];
      }
    }
    size = n + 1;
  }

  private void makeMonotonic() {
    minForcedBound = Double.POSITIVE_INFINITY;
    maxForcedBound = Double.NEGATIVE_INFINITY;
    maxForcedDifference = 0;
    double previous = counts[0];
    for (int i = 1; i < size; i++) {
      double count = counts[i];
      if (count == previous) {
        continue;
      }
      if (isSmallDifference(previous, count)) {
        counts[i] = previous;
      } else if (count < previous) {
        counts[i] = previous;
        forcedMonotonicity = true;
        minForcedBound = Math.min(minForcedBound, bounds[i]);
        maxForcedBound = Math.max(maxForcedBound, bounds[i]);
        maxForcedDifference = Math.max(maxForcedDifference, previous - count);
      } else {
        previous = count;
      }
    }
  }

  private static boolean isSmallDifference(double a, double b) {
    if (Double.isNaN(a) && Double.isNaN(b)) {
      return true;
    }
    double sum = Math.abs(a) + Math.abs(b);
    double difference = Math.abs(a - b);
    if (a == 0 || b == 0 || sum < Double.MIN_NORMAL) {
      return difference < SMALL_DIFFERENCE * Double.MIN_NORMAL;
    }
    return difference / Math.min(sum, Double.MAX_VALUE) < SMALL_DIFFERENCE;
  }

  /** The share of observations between two values, interpolated linearly within buckets. */
  double fraction(double lower, double upper) {
    if (bounds[size - 1] != Double.POSITIVE_INFINITY) {
      return Double.NaN;
    }
    mergeEqualBounds();
    double count = counts[size - 1];
    if (count == 0 || Double.isNaN(lower) || Double.isNaN(upper)) {
      return Double.NaN;
    }
    if (lower >= upper) {
      return 0;
    }
    double lowerRank = Math.min(rank(lower), count);
    double upperRank = Math.min(rank(upper), count);
    return (upperRank - lowerRank) / count;
  }

  /** How many observations lie below a value. */
  private double rank(double value) {
    double below = 0;
    double start = bounds[0] <= 0 ? Double.NEGATIVE_INFINITY : 0;
    for (int i = 0; i < size; i++) {
      if (i > 0) {
        start = bounds[i - 1];
      }
      if (start >= value) {
        return below;
      }
      double end = bounds[i];
      if (end > value) {
        return start == Double.NEGATIVE_INFINITY
            ? counts[i]
            : below + (counts[i] - below) * (value - start) / (end - start);
      }
      below = counts[i];
    }
    return counts[size - 1];
  }
}
