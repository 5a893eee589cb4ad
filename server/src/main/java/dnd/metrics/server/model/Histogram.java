package dnd.metrics.server.model;

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
