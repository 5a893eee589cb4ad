package dnd.metrics.server.ingest;

import dnd.metrics.server.head.Sender;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of an event around its variable parts, and the metrics that such events were seen to
 * hold. Two events of one shape differ in nothing but ids, times, metrics and what nobody reads:
 * sender, shared labels and the kind of event are in the bytes that stay. For one thread.
 */
final class LearnedEvent {
  /** What stands between two stretches of bytes that stay. */
  enum Slot {
    ID('i'),
    TIME_TEXT('t'),
    TIME_NUMBER('T'),
    TIMESTAMP_TEXT('s'),
    TIMESTAMP_NUMBER('S'),
    CORRELATION_ID('c'),
    OTHER_TEXT('o'),
    OTHER_NUMBER('O'),
    METRICS('m');

    /** Tells slots apart in the key of a shape. */
    final byte tag;

    Slot(char tag) {
      this.tag = (byte) tag;
    }
  }

  final boolean report;
  final String service;
  final String instance;
  final Sender sender;

  /** The bytes that stay: one more stretch than there are slots. */
  final byte[][] stretches;

  final Slot[] slots;

  /** By the bytes around the value. */
  final LearnedMetrics metrics = new LearnedMetrics();

  /** The metric that the last event ended with; at first, one that stands before all. */
  LearnedMetric last;

  /** When the last one was received, Unix milliseconds. */
  long receivedMillis;

  /** The newest time of an event, or its reception where that was earlier, Unix milliseconds. */
  long newestMillis = Long.MIN_VALUE;

  /** Whether such an event came a second time. */
  boolean repeated;

  /** What followed last time, and before that. */
  @Nullable LearnedEvent next;

  @Nullable LearnedEvent other;

  LearnedEvent(
      boolean report,
      String service,
      String instance,
      Sender sender,
      byte[][] stretches,
      Slot[] slots,
      LearnedMetric beforeAll) {
    this.report = report;
    this.service = service;
    this.instance = instance;
    this.sender = sender;
    this.stretches = stretches;
    this.slots = slots;
    this.last = beforeAll;
  }

  /** One came, of that time. */
  void seen(long received, long timeMillis) {
    receivedMillis = received;
    long time = timeMillis == ParsedBatch.NO_TIME ? received : Math.min(received, timeMillis);
    newestMillis = Math.max(newestMillis, time);
  }

  void followedBy(LearnedEvent follower) {
    if (next != follower) {
      other = next;
      next = follower;
    }
  }
}
