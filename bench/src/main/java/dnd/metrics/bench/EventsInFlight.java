package dnd.metrics.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * Events of ten samples that were pushed and wait for their replies, each of which must say that
 * all ten were collected. They are numbered from 0, and the number is the last token of the reply's
 * subject. One thread pushes, another reads the replies, any may ask.
 */
final class EventsInFlight {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final Workers workers;
  private final Recorder nanos = new Recorder(600_000_000_000L, 3);
  private final long[] dueNanos;

  /** Whether the reply to an event came, by the last bits of its number; the reader's. */
  private final boolean[] replied;

  private volatile long pushed;
  private volatile long acknowledged;
  private volatile long allBefore;

  /**
   * @param most wait at a time; a power of two
   * @param workers are told of a wrong reply
   */
  EventsInFlight(int most, Workers workers) {
    if (Integer.bitCount(most) != 1) {
      throw new IllegalArgumentException(most + " is no power of two");
    }
    this.workers = workers;
    this.dueNanos = new long[most];
    this.replied = new boolean[most];
  }

  /** Whether the event with this number may be pushed before any more replies come. */
  boolean hasRoomFor(long number) {
    return number - allBefore < dueNanos.length;
  }

  /** The next event is about to be pushed; there is room for it. */
  void pushing(long number, long due) {
    dueNanos[place(number)] = due;
  }

  /** All events before this number have been pushed. */
  void pushedAllBefore(long number) {
    pushed = number;
  }

  /** A reply as a {@link WireConnection} delivers it. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // only the thread that reads the replies writes
  void reply(int sid, long number, byte[] buffer, int offset, int length) {
    int place = place(number);
    if (number < allBefore || replied[place]) {
      workers.fail("event " + number + " was answered twice");
      return;
    }
    nanos.recordValue(Math.max(1, System.nanoTime() - dueNanos[place]));
    replied[place] = true;
    long next = allBefore;
    while (replied[place(next)]) {
      replied[place(next++)] = false;
    }
    allBefore = next;
    acknowledged++;
    String answer = new String(buffer, offset, length, UTF_8);
    if (!answer.contains("\"count\":10,") || !answer.contains("\"rejected\":[]")) {
      workers.fail("a push was answered with " + answer);
    }
  }

  private int place(long number) {
    return (int) number & (dueNanos.length - 1);
  }

  long pushed() {
    return pushed;
  }

  long acknowledged() {
    return acknowledged;
  }

  /** All events before this number have had their replies. */
  long acknowledgedAllBefore() {
    return allBefore;
  }

  /**
   * Those that were pushed and had no reply, the oldest first: who ended before it replied may have
   * collected them or not. While nobody pushes and no replies are read.
   */
  long[] unanswered() {
    return LongStream.range(allBefore, pushed).filter(number -> !replied[place(number)]).toArray();
  }

  /** From when an event was due to its reply, of those whose replies came since the last call. */
  Histogram intervalNanos() {
    return nanos.getIntervalHistogram();
  }

  /** Waits for what was pushed; the workers are told of what is missing in the end. */
  void await() {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (allBefore < pushed && System.nanoTime() < deadline && !workers.hasFailed()) {
      LockSupport.parkNanos(5_000_000);
    }
    if (allBefore != pushed) {
      workers.fail(pushed + " events, " + acknowledged + " replies");
    }
  }
}
