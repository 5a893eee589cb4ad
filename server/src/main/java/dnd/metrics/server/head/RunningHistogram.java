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

  /** Counts a finite value. */
  void observe(long timeMillis, double value) {
    beginWrite();
    moveTo(timeMillis);
    count++;
    sum += value;
    if (Math.abs(value) <= ZERO_THRESHOLD) {
      zeroCount++;
    } else if (value > 0) {
      makeRoom(value, positive, negative);
      positive = positive.incremented(BucketWindow.indexOf(value, schema));
    } else {
      makeRoom(-value, negative, positive);
      negative = negative.incremented(BucketWindow.indexOf(-value, schema));
    }
    endWrite();
  }

  private void makeRoom(double magnitude, BucketWindow mine, BucketWindow other) {
    int steps = 0;
    int buckets = other.size() + mine.sizeWith(BucketWindow.indexOf(magnitude, schema));
    BucketWindow m = mine;
    BucketWindow o = other;
    while (buckets > MAX_BUCKETS && schema - steps > Histogram.MIN_SCHEMA) {
      steps++;
      m = m.halved();
      o = o.halved();
      buckets = o.size() + m.sizeWith(BucketWindow.indexOf(magnitude, schema - steps));
    }
    for (int i = 0; i < steps; i++) {
      positive = positive.halved();
      negative = negative.halved();
      schema--;
    }
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
