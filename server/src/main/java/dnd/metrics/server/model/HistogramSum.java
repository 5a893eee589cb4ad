package dnd.metrics.server.model;

/**
 * A sum of native histograms in the making. Differences of schema, of zero bucket and of custom
 * bounds are settled as each term comes: the coarser schema, the wider zero bucket, the bounds that
 * both have. Sums may be compensated ({@link CompensatedSum}), as PromQL's aggregations are. What
 * happens to the numbers, and in which order, is Prometheus's ({@code Add}, {@code KahanAdd},
 * {@code Sub}), because results are compared to the last bit. For one thread.
 */
public final class HistogramSum {
  private final boolean compensated;
  private CounterResetHint hint;
  private int schema;
  private double zeroThreshold;
  private double zeroCount;
  private double zeroCarried;
  private double count;
  private double countCarried;
  private double sum;
  private double sumCarried;
  private BucketSums positive;
  private BucketSums negative;
  private double[] customValues;
  private boolean resetSeen;
  private boolean notResetSeen;
  private boolean hintsCollided;
  private boolean boundsReconciled;

  private HistogramSum(Histogram first, boolean compensated) {
    this.compensated = compensated;
    hint = first.counterResetHint();
    schema = first.schema();
    zeroThreshold = first.zeroThreshold();
    zeroCount = first.zeroCount();
    count = first.count();
    sum = first.sum();
    positive = BucketSums.copyOf(first.positive(), compensated);
    negative = BucketSums.copyOf(first.negative(), compensated);
    customValues = first.customValues();
    see(first.counterResetHint());
  }

  private HistogramSum(HistogramSum other) {
    compensated = other.compensated;
    hint = other.hint;
    schema = other.schema;
    zeroThreshold = other.zeroThreshold;
    zeroCount = other.zeroCount;
    zeroCarried = other.zeroCarried;
    count = other.count;
    countCarried = other.countCarried;
    sum = other.sum;
    sumCarried = other.sumCarried;
    positive = other.positive.copy();
    negative = other.negative.copy();
    customValues = other.customValues;
    resetSeen = other.resetSeen;
    notResetSeen = other.notResetSeen;
    hintsCollided = other.hintsCollided;
    boundsReconciled = other.boundsReconciled;
  }

  /** A sum that begins with one term, and loses as little as Kahan's summation does. */
  public static HistogramSum compensated(Histogram first) {
    return new HistogramSum(first, true);
  }

  /** A sum that begins with one term, and rounds at each step. */
  public static HistogramSum plain(Histogram first) {
    return new HistogramSum(first, false);
  }

  public HistogramSum copy() {
    return new HistogramSum(this);
  }

  /** Whether both have exponential buckets, or both custom ones: only then can they be added. */
  public boolean accepts(Histogram term) {
    return (schema == Histogram.CUSTOM_BUCKETS_SCHEMA) == term.hasCustomBuckets();
  }

  /**
   * Adds a term.
   *
   * @return whether its custom bounds differed and only the common ones are left
   * @throws IllegalArgumentException unless {@link #accepts} says yes
   */
  public boolean add(Histogram term) {
    return combine(term, 1);
  }

  /**
   * Subtracts a term.
   *
   * @return whether its custom bounds differed and only the common ones are left
   * @throws IllegalArgumentException unless {@link #accepts} says yes
   */
  public boolean subtract(Histogram term) {
    return combine(term, -1);
  }

  private boolean combine(Histogram term, int sign) {
    if (!accepts(term)) {
      throw new IllegalArgumentException(
          "a histogram of exponential buckets and one of custom buckets do not add up");
    }
    see(term.counterResetHint());
    mergeHint(term.counterResetHint());
    boolean custom = term.hasCustomBuckets();
    if (!custom) {
      ZeroBucket other = reconcileZeroBuckets(ZeroBucket.of(term), term);
      addZeroCount(sign * other.count());
      if (compensated) {
        addZeroCount(sign * other.carried());
      }
    }
    countCarried = carry(sign * term.count(), count, countCarried);
    count += sign * term.count();
    sumCarried = carry(sign * term.sum(), sum, sumCarried);
    sum += sign * term.sum();
    if (custom) {
      return combineCustom(term, sign);
    }
    combineExponential(term, sign);
    return false;
  }

  private void addZeroCount(double term) {
    zeroCarried = carry(term, zeroCount, zeroCarried);
    zeroCount += term;
  }

  private double carry(double term, double total, double carried) {
    return compensated ? CompensatedSum.carry(term, total, carried) : 0;
  }

  private boolean combineCustom(Histogram term, int sign) {
    BucketSums other = BucketSums.view(term.positive(), false);
    if (Histogram.sameBounds(customValues, term.customValues())) {
      positive.add(other, sign, 0);
      return false;
    }
    boundsReconciled = true;
    double[] common = CustomBounds.intersection(customValues, term.customValues());
    positive.addCustom(customValues, other, term.customValues(), common, sign);
    customValues = common;
    return true;
  }

  private void combineExponential(Histogram term, int sign) {
    BucketSums otherPositive;
    BucketSums otherNegative;
    if (term.schema() > schema) {
      otherPositive = BucketSums.view(term.positive(), compensated);
      otherNegative = BucketSums.view(term.negative(), compensated);
      otherPositive.reduce(term.schema(), schema);
      otherNegative.reduce(term.schema(), schema);
    } else {
      otherPositive = BucketSums.view(term.positive(), false);
      otherNegative = BucketSums.view(term.negative(), false);
      if (term.schema() < schema) {
        positive.reduce(schema, term.schema());
        negative.reduce(schema, term.schema());
        schema = term.schema();
      }
    }
    positive.add(otherPositive, sign, insideZeroBucket(otherPositive.indexes));
    negative.add(otherNegative, sign, insideZeroBucket(otherNegative.indexes));
  }

  /** How many of the first buckets end inside the zero bucket, which counts them already. */
  private int insideZeroBucket(int[] indexes) {
    if (zeroThreshold == 0) {
      return 0;
    }
    int n = 0;
    while (n < indexes.length && BucketBounds.exponential(indexes[n], schema) <= zeroThreshold) {
      n++;
    }
    return n;
  }

  /** Widens this sum's zero bucket or the term's until they are equal; returns the term's. */
  private ZeroBucket reconcileZeroBuckets(ZeroBucket term, Histogram histogram) {
    ZeroBucket other = term;
    while (other.threshold() != zeroThreshold) {
      if (zeroThreshold > other.threshold()) {
        other = ZeroBucket.of(histogram).widened(zeroThreshold, histogram);
      }
      if (other.threshold() > zeroThreshold) {
        ZeroBucket own =
            new ZeroBucket(zeroThreshold, zeroCount, zeroCarried)
                .widened(other.threshold(), schema, positive, negative);
        zeroThreshold = own.threshold();
        zeroCount = own.count();
        zeroCarried = compensated ? own.carried() : 0;
        positive.empty(startingInsideZeroBucket(positive.indexes));
        negative.empty(startingInsideZeroBucket(negative.indexes));
        positive.compact();
        negative.compact();
      }
    }
    return other;
  }

  private int startingInsideZeroBucket(int[] indexes) {
    int n = 0;
    while (n < indexes.length && BucketBounds.exponential(indexes[n] - 1, schema) < zeroThreshold) {
      n++;
    }
    return n;
  }

  private void see(CounterResetHint seen) {
    resetSeen |= seen == CounterResetHint.RESET;
    notResetSeen |= seen == CounterResetHint.NOT_RESET;
  }

  private void mergeHint(CounterResetHint other) {
    if (other == hint || hint == CounterResetHint.GAUGE) {
      return;
    }
    if (other == CounterResetHint.GAUGE) {
      hint = CounterResetHint.GAUGE;
      return;
    }
    hintsCollided |= hint != CounterResetHint.UNKNOWN && other != CounterResetHint.UNKNOWN;
    hint = CounterResetHint.UNKNOWN;
  }

  /** Whether a term said "reset" where the sum said "no reset" or the other way round. */
  public boolean hintsCollided() {
    return hintsCollided;
  }

  /** Whether there were terms that said "reset" and terms that said "no reset". */
  public boolean sawBothHints() {
    return resetSeen && notResetSeen;
  }

  /** Whether terms had different custom bounds. */
  public boolean boundsReconciled() {
    return boundsReconciled;
  }

  /** Whether a count, the sum or a bound is infinite. */
  public boolean hasOverflow() {
    if (Double.isInfinite(zeroCount) || Double.isInfinite(count) || Double.isInfinite(sum)) {
      return true;
    }
    for (double bound : customValues) {
      if (Double.isInfinite(bound)) {
        return true;
      }
    }
    return positive.hasInfinity() || negative.hasInfinity();
  }

  public void multiply(double factor) {
    zeroCount *= factor;
    zeroCarried *= factor;
    count *= factor;
    countCarried *= factor;
    sum *= factor;
    sumCarried *= factor;
    positive.multiply(factor);
    negative.multiply(factor);
    if (factor < 0) {
      hint = CounterResetHint.GAUGE;
    }
  }

  /** Divides by a number other than zero. */
  public void divide(double divisor) {
    zeroCount /= divisor;
    zeroCarried /= divisor;
    count /= divisor;
    countCarried /= divisor;
    sum /= divisor;
    sumCarried /= divisor;
    positive.divide(divisor);
    negative.divide(divisor);
    if (divisor < 0) {
      hint = CounterResetHint.GAUGE;
    }
  }

  /** The sum so far, empty buckets included. The sum may go on afterwards. */
  public Histogram result() {
    return Histogram.builder()
        .counterResetHint(hint)
        .schema(schema)
        .zeroThreshold(zeroThreshold)
        .zeroCount(compensated ? zeroCount + zeroCarried : zeroCount)
        .count(compensated ? count + countCarried : count)
        .sum(compensated ? sum + sumCarried : sum)
        .positive(positive.toBuckets())
        .negative(negative.toBuckets())
        .customValues(customValues)
        .build();
  }
}
