package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.BucketBounds;
import dnd.metrics.server.model.Buckets;
import dnd.metrics.server.model.Histogram;

/**
 * The trim operators: {@code histogram </ bound} keeps the observations below the bound, {@code
 * histogram >/ bound} those above. What a bucket around the bound keeps is estimated, and the sum
 * is estimated anew from the middles of what is left ({@code TrimBuckets} in Prometheus's {@code
 * model/histogram}). For one use.
 */
final class HistogramTrim {
  private final Histogram histogram;
  private final double bound;
  private final boolean keepsBelow;
  private double count;
  private double sum;
  private boolean trimmed;

  private HistogramTrim(Histogram histogram, double bound, boolean keepsBelow) {
    this.histogram = histogram;
    this.bound = bound;
    this.keepsBelow = keepsBelow;
  }

  /** What is left; the histogram itself where all of it is. */
  static Histogram trim(Histogram histogram, double bound, boolean keepsBelow) {
    return new HistogramTrim(histogram, bound, keepsBelow).result();
  }

  private Histogram result() {
    Buckets positive = trim(histogram.positive(), true);
    Buckets negative = trim(histogram.negative(), false);
    double zeroCount = histogram.zeroCount();
    if (zeroCount > 0) {
      zeroCount = trimZeroBucket(counts(histogram.positive()), counts(histogram.negative()));
    }
    return trimmed
        ? histogram.toBuilder()
            .zeroCount(zeroCount)
            .count(count)
            .sum(sum)
            .positive(positive)
            .negative(negative)
            .build()
            .compact()
        : histogram;
  }

  private static boolean counts(Buckets buckets) {
    return !buckets.withoutEmpty().isEmpty();
  }

  private Buckets trim(Buckets buckets, boolean positive) {
    double[] kept = new double[buckets.size()];
    for (int i = 0; i < kept.length; i++) {
      double inBucket = buckets.count(i);
      if (inBucket == 0) {
        kept[i] = inBucket;
        continue;
      }
      double near = end(buckets.index(i) - 1);
      double far = end(buckets.index(i));
      kept[i] = trim(positive ? near : -far, positive ? far : -near, inBucket, positive);
      trimmed |= kept[i] != inBucket;
    }
    return Buckets.of(buckets.indexes(), kept);
  }

  private double end(int index) {
    return histogram.hasCustomBuckets()
        ? BucketBounds.custom(index, histogram.customValues())
        : BucketBounds.exponential(index, histogram.schema());
  }

  private double trim(double lower, double upper, double inBucket, boolean positive) {
    boolean isKept = keepsBelow ? upper <= bound : lower >= bound;
    if (isKept) {
      add(inBucket, middle(lower, upper, positive));
      return inBucket;
    }
    boolean isCut = keepsBelow ? lower < bound : upper > bound;
    if (!isCut) {
      trimmed = true;
      return 0;
    }
    if (lower == Double.NEGATIVE_INFINITY) {
      return trimWithoutLower(upper, inBucket);
    }
    if (upper == Double.POSITIVE_INFINITY) {
      return trimWithoutUpper(lower, inBucket);
    }
    double below = inBucket * shareBelow(lower, upper);
    double kept = keepsBelow ? below : inBucket - below;
    add(kept, keepsBelow ? middle(lower, bound, positive) : middle(bound, upper, positive));
    return kept;
  }

  private double shareBelow(double lower, double upper) {
    return histogram.hasCustomBuckets()
        ? Logarithm.linearShare(lower, upper, bound)
        : Logarithm.exponentialShare(lower, upper, bound);
  }

  /** A bucket from -Inf on; where it reaches above zero it is taken to begin there. */
  private double trimWithoutLower(double upper, double inBucket) {
    boolean beginsAtZero = upper > 0 && upper != Double.POSITIVE_INFINITY;
    if (keepsBelow) {
      if (bound > 0 && beginsAtZero) {
        double kept = inBucket * bound / upper;
        add(kept, bound / 2);
        return kept;
      }
      if (upper <= 0) {
        add(inBucket, bound);
        return inBucket;
      }
      return 0;
    }
    if (bound >= 0 && beginsAtZero) {
      double kept = inBucket * (1 - bound / upper);
      add(kept, (bound + upper) / 2);
      return kept;
    }
    return 0;
  }

  /** A bucket up to +Inf: nobody knows where in it observations are. */
  private double trimWithoutUpper(double lower, double inBucket) {
    if (keepsBelow || bound < lower) {
      return 0;
    }
    add(inBucket, bound);
    return inBucket;
  }

  private double trimZeroBucket(boolean hasPositive, boolean hasNegative) {
    double inBucket = histogram.zeroCount();
    double lower = hasPositive && !hasNegative ? 0 : -histogram.zeroThreshold();
    double upper = hasNegative && !hasPositive ? 0 : histogram.zeroThreshold();
    double kept;
    double middle;
    if (keepsBelow ? bound <= lower : bound >= upper && bound > lower) {
      kept = 0;
      middle = 0;
    } else if (keepsBelow ? bound >= upper : bound <= lower) {
      kept = inBucket;
      middle = (lower + upper) / 2;
    } else {
      double width = keepsBelow ? bound - lower : upper - bound;
      kept = inBucket * (width / (upper - lower));
      middle = keepsBelow ? (lower + bound) / 2 : (bound + upper) / 2;
    }
    trimmed |= kept != inBucket;
    add(kept, middle);
    return kept;
  }

  private void add(double observations, double middle) {
    count += observations;
    sum += middle * observations;
  }

  private double middle(double lower, double upper, boolean positive) {
    if (Double.isInfinite(lower)) {
      if (Double.isInfinite(upper)) {
        return 0;
      }
      return upper > 0 ? upper / 2 : upper;
    }
    if (Double.isInfinite(upper)) {
      return lower;
    }
    if (histogram.hasCustomBuckets()) {
      return (lower + upper) / 2;
    }
    double geometric = Math.sqrt(Math.abs(lower * upper));
    return positive ? geometric : -geometric;
  }
}
