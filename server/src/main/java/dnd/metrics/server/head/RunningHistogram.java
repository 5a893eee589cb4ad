package dnd.metrics.server.head;

import dnd.metrics.server.model.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * A cumulative native histogram, built from single observations. It begins with schema 3 (bucket
 * bounds 9 % apart) and halves its resolution whenever the buckets between its lowest and highest
 * observation would be more than {@link #MAX_BUCKETS}; counts are exact at any resolution.
 */
final class RunningHistogram extends RunningValue {
  static final int FIRST_SCHEMA = 3;
  static final int MAX_BUCKETS = 160;

  /** Prometheus's default: what is nearer to zero counts as zero. */
  static final double ZERO_THRESHOLD = 0x1p-128;

  private int schema = FIRST_SCHEMA;
  private long count;
  private double sum;
  private long zeroCount;
  private BucketWindow positive = BucketWindow.EMPTY;
  private BucketWindow negative = BucketWindow.EMPTY;

  /**
   * Counts a finite value. What needs memory comes before the write: one that is broken off would
   * keep readers waiting for ever.
   */
  void observe(long timeMillis, double value) {
    double magnitude = Math.abs(value);
    boolean isZero = magnitude <= ZERO_THRESHOLD;
    int newSchema = schema;
    int index = 0;
    BucketWindow mine = value > 0 ? positive : negative;
    BucketWindow other = value > 0 ? negative : positive;
    if (!isZero) {
      index = BucketWindow.indexOf(magnitude, newSchema);
      while (other.size() + mine.sizeWith(index) > MAX_BUCKETS
          && newSchema > Histogram.MIN_SCHEMA) {
        newSchema--;
        mine = mine.halved();
        other = other.halved();
        index = BucketWindow.indexOf(magnitude, newSchema);
      }
      mine = mine.with(index);
    }
    beginWrite();
    moveTo(timeMillis);
    count++;
    sum += value;
    if (isZero) {
      zeroCount++;
    } else {
      mine.increment(index);
      schema = newSchema;
      positive = value > 0 ? mine : other;
      negative = value > 0 ? other : mine;
    }
    endWrite();
  }

  /** The histogram as it is now, for the writer. */
  Histogram toHistogram() {
    return build(schema, count, sum, zeroCount, positive, negative);
  }

  private static Histogram build(
      int schema,
      long count,
      double sum,
      long zeros,
      BucketWindow positive,
      BucketWindow negative) {
    return Histogram.builder()
        .schema(schema)
        .zeroThreshold(ZERO_THRESHOLD)
        .zeroCount((double) zeros)
        .count((double) count)
        .sum(sum)
        .positive(positive.toBuckets())
        .negative(negative.toBuckets())
        .build();
  }

  @Override
  void write(CheckpointBytes out) {
    writeTimes(out);
    out.signed(schema);
    out.unsigned(count);
    out.raw(sum);
    out.unsigned(zeroCount);
    positive.write(out);
    negative.write(out);
  }

  static RunningHistogram read(CheckpointCursor in) {
    RunningHistogram histogram = new RunningHistogram();
    histogram.readTimes(in);
    histogram.schema = (int) in.signed();
    histogram.count = in.unsigned();
    histogram.sum = in.raw();
    histogram.zeroCount = in.unsigned();
    histogram.positive = BucketWindow.read(in);
    histogram.negative = BucketWindow.read(in);
    return histogram;
  }

  @Override
  @Nullable OpenSample newest() {
    while (true) {
      int v = beginRead();
      boolean open = isOpen();
      long time = timeMillis();
      int s = schema;
      long c = count;
      double total = sum;
      long zeros = zeroCount;
      BucketWindow p = positive.copy();
      BucketWindow n = negative.copy();
      if (endRead(v)) {
        return open ? new OpenSample(time, 0, build(s, c, total, zeros, p, n)) : null;
      }
    }
  }
}
