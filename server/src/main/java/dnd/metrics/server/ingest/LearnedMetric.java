package dnd.metrics.server.ingest;

import dnd.metrics.server.head.HeadSeries;
import dnd.metrics.server.model.Labels;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A metric with its bytes around the value, and which metrics followed it. There is one for each
 * series that a connection writes, so it is small: runs of bytes are shared where they are the
 * same. For one thread.
 */
final class LearnedMetric extends KnownMetric {
  private static final byte[] NOTHING = new byte[0];

  /** From the opening brace to the value. */
  final byte[] before;

  /** From behind the value to the closing brace. */
  final byte[] after;

  /** Of both. */
  final int hash;

  /** What followed last time, and before that. */
  @Nullable LearnedMetric next;

  @Nullable LearnedMetric other;

  LearnedMetric(
      byte[] before, byte[] after, int hash, MetricDescription description, Labels labels) {
    super(description, labels);
    this.before = before;
    this.after = after;
    this.hash = hash;
  }

  /** What stands before the first metric. */
  static LearnedMetric beforeAll() {
    MetricDescription nothing =
        new MetricDescription(
            "", ValueKind.GAUGE, MetricDescription.NOT_CREATED, "gauge", null, null);
    return new LearnedMetric(NOTHING, NOTHING, 0, nothing, Labels.empty());
  }

  boolean beginsAt(byte[] bytes, int at, int end) {
    int length = before.length;
    return length <= end - at && Arrays.equals(bytes, at, at + length, before, 0, length);
  }

  boolean endsAt(byte[] bytes, int at, int end) {
    int length = after.length;
    return length <= end - at && Arrays.equals(bytes, at, at + length, after, 0, length);
  }

  /**
   * Time of the newest sample of its series; the smallest long where that has none or is not live.
   */
  long newestMillis() {
    HeadSeries known = series();
    return known == null || !known.isLive() ? Long.MIN_VALUE : known.newestMillis();
  }

  void followedBy(LearnedMetric follower) {
    if (next != follower) {
      other = next;
      next = follower;
    }
  }
}
