package dnd.metrics.server.ingest;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one metric around its value, what they mean, and which metrics followed it. For one
 * thread.
 */
final class LearnedMetric {
  /** From the opening brace to the value. */
  final byte[] before;

  /** From behind the value to the closing brace. */
  final byte[] after;

  final KnownMetric metric;

  /** What followed last time, and before that. */
  @Nullable LearnedMetric next;

  @Nullable LearnedMetric other;

  LearnedMetric(byte[] before, byte[] after, KnownMetric metric) {
    this.before = before;
    this.after = after;
    this.metric = metric;
  }

  boolean beginsAt(byte[] bytes, int at, int end) {
    int length = before.length;
    return length <= end - at && Arrays.equals(bytes, at, at + length, before, 0, length);
  }

  boolean endsAt(byte[] bytes, int at, int end) {
    int length = after.length;
    return length <= end - at && Arrays.equals(bytes, at, at + length, after, 0, length);
  }

  void followedBy(LearnedMetric follower) {
    if (next != follower) {
      other = next;
      next = follower;
    }
  }
}
