package dnd.metrics.server.query;

import dnd.metrics.events.EventIds;
import dnd.metrics.events.EventTypes;
import dnd.metrics.events.EventWriter;
import dnd.metrics.events.JsonBuffer;
import dnd.metrics.server.hub.Headers;
import dnd.metrics.server.hub.Hub;
import java.time.InstantSource;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A successful answer on its way out: one {@code metrics.result} event or, where the asker takes
 * them, several numbered ones, none larger than the hub's max_payload. Call order: {@link #begin};
 * then for each element {@link #mark}, write to {@link #out}, and, where {@link #isOver} then says
 * so, {@link #retreat}, {@link #nextPart} and write it again; then {@link #end}. For one thread.
 */
final class AnswerStream {
  /** Room for what closes a series, the numbers of a part, and brackets. */
  private static final int CLOSING_BYTES = 64;

  /** What a series' last sample is followed by, which {@link #isOver} has not seen yet. */
  private static final int SERIES_END_BYTES = 2;

  /** How much of an answer may wait in the hub for its reader. */
  private static final long AHEAD_BYTES = 8 << 20;

  private static final long AWAIT_NANOS = 1_000_000;

  private final Hub hub;
  private final EventIds ids;
  private final InstantSource clock;
  private final Asker asker;
  private final boolean parts;
  private final JsonBuffer out;
  private final BooleanSupplier canceled;

  /** How long it may wait for its reader in all. */
  private final long patienceNanos;

  /** What stands before the result in every part: of live queries the update's number. */
  private final byte[] head;

  /** What stands behind the result in the last part: annotations and statistics. */
  private final byte[] foot;

  private final int limitBytes;
  private @Nullable String resultType;
  private char open;
  private char close;
  private int part;
  private int firstElementAt;
  private boolean waits = true;
  private long waitedNanos;

  AnswerStream(
      Hub hub,
      EventIds ids,
      InstantSource clock,
      Asker asker,
      boolean parts,
      BooleanSupplier canceled,
      long patienceNanos,
      JsonBuffer out,
      byte[] head,
      byte[] foot) {
    this.hub = hub;
    this.ids = ids;
    this.clock = clock;
    this.asker = asker;
    this.parts = parts;
    this.canceled = canceled;
    this.patienceNanos = patienceNanos;
    this.out = out;
    this.head = head;
    this.foot = foot;
    this.limitBytes =
        hub.maxPayloadBytes() - foot.length - 6 * asker.correlationId().length() - CLOSING_BYTES;
  }

  JsonBuffer out() {
    return out;
  }

  /** Its parts are published without a wait for the reader, who has room for them. */
  void neverWait() {
    waits = false;
  }

  /** Begins the answer; its result stands between {@code open} and {@code close}. */
  void begin(@Nullable String resultType, char open, char close) {
    this.resultType = resultType;
    this.open = open;
    this.close = close;
    beginPart();
  }

  private void beginPart() {
    out.clear();
    EventWriter.begin(out, EventTypes.METRICS_RESULT, ids.next(), clock.millis());
    out.raw(",\"data\":{\"status\":\"success\"").raw(head);
    if (resultType != null) {
      out.raw(",\"resultType\":").string(resultType);
    }
    out.raw(",\"result\":").raw(open);
    firstElementAt = out.length();
  }

  /** Where the next element begins; puts a comma before it where others precede it. */
  int mark() {
    int mark = out.length();
    if (mark > firstElementAt) {
      out.raw(',');
    }
    return mark;
  }

  /** Whether more has been written than a part may hold. */
  boolean isOver() {
    return out.length() > limitBytes;
  }

  /** Whether this part holds no element before {@code mark}: then no cut makes it smaller. */
  boolean isFirst(int mark) {
    return mark <= firstElementAt;
  }

  /** Forgets what was written from {@code mark}. */
  void retreat(int mark) {
    out.truncate(mark);
  }

  /**
   * Publishes what there is as one part and begins the next.
   *
   * @return SENT where the answer may go on
   */
  Delivery nextPart() {
    if (!parts) {
      return Delivery.TOO_LARGE;
    }
    if (canceled.getAsBoolean()) {
      return Delivery.CANCELED;
    }
    if (isAskerGone()) {
      return Delivery.ASKER_GONE;
    }
    Delivery awaited = awaitReader();
    if (awaited != Delivery.SENT) {
      return awaited;
    }
    part++;
    out.raw(close).raw(",\"part\":").number(part).raw(",\"last\":false");
    publish();
    beginPart();
    return Delivery.SENT;
  }

  /** Waits until the reader has taken most of the parts before. */
  private Delivery awaitReader() {
    String subject = asker.answerSubject();
    if (!waits || hub.pendingBytes(subject) <= AHEAD_BYTES) {
      return Delivery.SENT;
    }
    long started = System.nanoTime();
    do {
      if (canceled.getAsBoolean()) {
        return Delivery.CANCELED;
      }
      if (isAskerGone()) { // also when the hub has cut it off
        return Delivery.ASKER_GONE;
      }
      if (waitedNanos + System.nanoTime() - started > patienceNanos) {
        return Delivery.TIMED_OUT;
      }
      LockSupport.parkNanos(AWAIT_NANOS);
    } while (hub.pendingBytes(subject) > AHEAD_BYTES);
    waitedNanos += System.nanoTime() - started;
    return Delivery.SENT;
  }

  /** Publishes the last part, or the whole. */
  Delivery end() {
    if (out.length() > limitBytes + SERIES_END_BYTES) {
      return Delivery.TOO_LARGE;
    }
    if (isAskerGone()) {
      return Delivery.ASKER_GONE;
    }
    out.raw(close);
    if (part > 0) {
      out.raw(",\"part\":").number(part + 1).raw(",\"last\":true");
    }
    out.raw(foot);
    publish();
    return Delivery.SENT;
  }

  private boolean isAskerGone() {
    return asker.replyTo() != null && !hub.hasInterest(asker.replyTo());
  }

  private void publish() {
    out.raw(",\"correlation_id\":").string(asker.correlationId()).raw('}');
    EventWriter.end(out);
    hub.publish(asker.answerSubject(), null, Headers.NONE, out.toByteArray());
  }
}
