package dnd.metrics.server.model;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A native histogram with absolute counts, as Prometheus's {@code FloatHistogram}: buckets of
 * exponential bounds (schemas -4 to 8) or of custom bounds (schema -53). A stale marker is a
 * histogram whose sum is {@link StaleMarker#VALUE}. Immutable; safe for use by several threads.
 */
public final class Histogram {
  /** The schema of histograms with bounds of their own ({@link #customValues}). */
  public static final int CUSTOM_BUCKETS_SCHEMA = -53;

  public static final int MIN_SCHEMA = -4;
  public static final int MAX_SCHEMA = 8;

  private static final double[] NO_CUSTOM_VALUES = {};
  private static final int OBJECT_BYTES = 72;
  private static final double MAX_WHOLE_COUNT = 1L << 53;

  private final CounterResetHint counterResetHint;
  private final int schema;
  private final double zeroThreshold;
  private final double zeroCount;
  private final double count;
  private final double sum;
  private final Buckets positive;
  private final Buckets negative;
  private final double[] customValues;

  private Histogram(Builder b) {
    counterResetHint = b.counterResetHint;
    schema = b.schema;
    zeroThreshold = b.zeroThreshold;
    zeroCount = b.zeroCount;
    count = b.count;
    sum = b.sum;
    positive = b.positive;
    negative = b.negative;
    customValues = b.customValues;
  }

  public static Builder builder() {
    return new Builder();
  }

  public Builder toBuilder() {
    Builder b = new Builder();
    b.counterResetHint = counterResetHint;
    b.schema = schema;
    b.zeroThreshold = zeroThreshold;
    b.zeroCount = zeroCount;
    b.count = count;
    b.sum = sum;
    b.positive = positive;
    b.negative = negative;
    b.customValues = customValues;
    return b;
  }

  public CounterResetHint counterResetHint() {
    return counterResetHint;
  }

  public int schema() {
    return schema;
  }

  public boolean hasCustomBuckets() {
    return schema == CUSTOM_BUCKETS_SCHEMA;
  }

  /** Observations between the negated threshold and the threshold are in the zero bucket. */
  public double zeroThreshold() {
    return zeroThreshold;
  }

  public double zeroCount() {
    return zeroCount;
  }

  public double count() {
    return count;
  }

  public double sum() {
    return sum;
  }

  public Buckets positive() {
    return positive;
  }

  public Buckets negative() {
    return negative;
  }

  /** The upper bounds of custom buckets, ascending, without +Inf; not to be changed. */
  public double[] customValues() {
    return customValues;
  }

  public boolean isStaleMarker() {
    return StaleMarker.is(sum);
  }

  static boolean isWholeCount(double count) {
    return count >= 0 && count <= MAX_WHOLE_COUNT && count == Math.rint(count);
  }

  /** About how many bytes it takes; custom bounds, which histograms share, left out. */
  public int heapBytes() {
    return OBJECT_BYTES + positive.heapBytes() + negative.heapBytes();
  }

  /** Whether all counts are whole numbers that doubles tell apart: what an instrument counts. */
  public boolean isWhole() {
    return isWholeCount(count)
        && isWholeCount(zeroCount)
        && positive.isWhole()
        && negative.isWhole();
  }

  static boolean sameBounds(double[] a, double[] b) {
    if (a.length != b.length) {
      return false;
    }
    for (int i = 0; i < a.length; i++) {
      if (a[i] != b[i]) {
        return false;
      }
    }
    return true;
  }

  /** What is wrong with this histogram, in Prometheus's words; empty when nothing is. */
  public Optional<String> problem() {
    return HistogramCheck.problem(this);
  }

  /** Whether the two can be added, subtracted: both of exponential or both of custom buckets. */
  public boolean isCompatibleWith(Histogram other) {
    return hasCustomBuckets() == other.hasCustomBuckets();
  }

  public Histogram withCounterResetHint(CounterResetHint hint) {
    return hint == counterResetHint ? this : toBuilder().counterResetHint(hint).build();
  }

  /** All counts and the sum times {@code factor}; a gauge where that is negative. */
  public Histogram multipliedBy(double factor) {
    return toBuilder()
        .counterResetHint(factor < 0 ? CounterResetHint.GAUGE : counterResetHint)
        .zeroCount(zeroCount * factor)
        .count(count * factor)
        .sum(sum * factor)
        .positive(positive.multipliedBy(factor))
        .negative(negative.multipliedBy(factor))
        .build();
  }

  /** All counts and the sum divided; a division by zero leaves no buckets. */
  public Histogram dividedBy(double divisor) {
    return toBuilder()
        .counterResetHint(divisor < 0 ? CounterResetHint.GAUGE : counterResetHint)
        .zeroCount(zeroCount / divisor)
        .count(count / divisor)
        .sum(sum / divisor)
        .positive(divisor == 0 ? Buckets.none() : positive.dividedBy(divisor))
        .negative(divisor == 0 ? Buckets.none() : negative.dividedBy(divisor))
        .build();
  }

  /** Without the buckets that count nothing. */
  public Histogram compact() {
    Buckets p = positive.withoutEmpty();
    Buckets n = negative.withoutEmpty();
    boolean dense = p.size() == positive.size() && n.size() == negative.size();
    return dense ? this : toBuilder().positive(p).negative(n).build();
  }

  /**
   * This histogram in a coarser schema, of unknown counter reset; itself where it has that schema.
   *
   * @throws IllegalArgumentException where the schema is finer, or one of the two has custom
   *     buckets
   */
  public Histogram toSchema(int targetSchema) {
    if (targetSchema == schema) {
      return this;
    }
    if (hasCustomBuckets() || targetSchema < MIN_SCHEMA || targetSchema > schema) {
      throw new IllegalArgumentException(
          "cannot reduce resolution from schema " + schema + " to " + targetSchema);
    }
    return toBuilder()
        .counterResetHint(CounterResetHint.UNKNOWN)
        .schema(targetSchema)
        .positive(positive.reduced(schema, targetSchema))
        .negative(negative.reduced(schema, targetSchema))
        .build();
  }

  /**
   * Whether counting must have begun anew between {@code before} and this: a bucket lost
   * observations, or the resolution rose, or the zero bucket shrank. The hint, if it says reset or
   * no reset, is believed.
   */
  public boolean isResetFrom(Histogram before) {
    return CounterResets.detect(this, before);
  }

  /**
   * The form of PromQL's test scripts: {@code {{schema:1 sum:10 count:5 buckets:[1 2 2]}}}. Gaps
   * between buckets are written as zeros.
   */
  public String toTestExpression() {
    return HistogramText.testExpression(this);
  }

  /**
   * Equal are histograms of one layout (buckets that count nothing matter, {@link #compact} removes
   * them) whose numbers have the same bits. The hint does not count, as in Prometheus.
   */
  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof Histogram h
        && schema == h.schema
        && zeroThreshold == h.zeroThreshold
        && sameBits(count, h.count)
        && sameBits(sum, h.sum)
        && sameBits(zeroCount, h.zeroCount)
        && sameBounds(customValues, h.customValues)
        && positive.equals(h.positive)
        && negative.equals(h.negative);
  }

  private static boolean sameBits(double a, double b) {
    return Double.doubleToRawLongBits(a) == Double.doubleToRawLongBits(b);
  }

  @Override
  public int hashCode() {
    int hash = 31 * schema + Double.hashCode(count);
    return 31 * (31 * (31 * hash + Double.hashCode(sum)) + positive.hashCode())
        + negative.hashCode();
  }

  /** As Prometheus prints it: {@code {count:3, sum:4, [-0.1,0.1]:1, (1,2]:2}}. */
  @Override
  public String toString() {
    return HistogramText.print(this);
  }

  /** Collects a histogram's parts; those left out are zero or empty. Not for several threads. */
  public static final class Builder {
    private CounterResetHint counterResetHint = CounterResetHint.UNKNOWN;
    private int schema;
    private double zeroThreshold;
    private double zeroCount;
    private double count;
    private double sum;
    private Buckets positive = Buckets.none();
    private Buckets negative = Buckets.none();
    private double[] customValues = NO_CUSTOM_VALUES;

    private Builder() {}

    public Builder counterResetHint(CounterResetHint hint) {
      this.counterResetHint = hint;
      return this;
    }

    public Builder schema(int schema) {
      this.schema = schema;
      return this;
    }

    public Builder zeroThreshold(double threshold) {
      this.zeroThreshold = threshold;
      return this;
    }

    public Builder zeroCount(double count) {
      this.zeroCount = count;
      return this;
    }

    public Builder count(double count) {
      this.count = count;
      return this;
    }

    public Builder sum(double sum) {
      this.sum = sum;
      return this;
    }

    public Builder positive(Buckets buckets) {
      this.positive = buckets;
      return this;
    }

    public Builder negative(Buckets buckets) {
      this.negative = buckets;
      return this;
    }

    /** Takes over the array. */
    public Builder customValues(double[] upperBounds) {
      this.customValues = upperBounds;
      return this;
    }

    public Histogram build() {
      return new Histogram(this);
    }
  }
}
