package dnd.metrics.client;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The events that wait to be acknowledged, in order, within bounds; one at a time is on its way. A
 * failure is followed by a delay; nothing else is tried meanwhile. For one thread.
 */
final class Outbox {
  private static final Logger LOG = System.getLogger(MetricsClient.class.getName());
  private static final long ANSWER_MILLIS = 5000;

  private final MessageHub hub;
  private final Backoff backoff;
  private final ClientCallbacks callbacks;
  private final int maxEvents;
  private final long maxBytes;
  private final Runnable answered;
  private final Consumer<Waiting> dropped;

  private final ArrayDeque<Waiting> events = new ArrayDeque<>();
  private long bytes;
  private long lastNumber;
  private long lostNumber;
  private long wholeFrom = 1;
  private @Nullable Attempt attempt;
  private long retryAtMillis = Long.MIN_VALUE;

  /**
   * @param answered called by any thread when an answer has come: {@link #settle} has work
   * @param dropped called for every event that is given up
   */
  Outbox(
      MessageHub hub,
      PushSettings settings,
      Backoff backoff,
      ClientCallbacks callbacks,
      Runnable answered,
      Consumer<Waiting> dropped) {
    this.hub = hub;
    this.backoff = backoff;
    this.callbacks = callbacks;
    this.maxEvents = settings.bufferEvents();
    this.maxBytes = settings.bufferBytes();
    this.answered = answered;
    this.dropped = dropped;
  }

  boolean isEmpty() {
    return events.isEmpty();
  }

  /** The number of the event that was added last. */
  long lastNumber() {
    return lastNumber;
  }

  /** Whether every event up to that number was acknowledged, refused or dropped. */
  boolean isThrough(long number) {
    return events.isEmpty() || events.getFirst().number() > number;
  }

  /** The events that are added next hold all series: what went before them is told by them. */
  void wholeFollows() {
    wholeFrom = lastNumber + 1;
  }

  /** Whether an event had to go that holds what perhaps no later one does. */
  boolean hasGap() {
    return lostNumber >= wholeFrom;
  }

  void add(String id, String subject, byte[] payload, int metrics) {
    events.addLast(new Waiting(++lastNumber, id, subject, payload, metrics));
    bytes += payload.length;
    while (events.size() > maxEvents || (bytes > maxBytes && events.size() > 1)) {
      Waiting oldest = removeFirst();
      lostNumber = oldest.number();
      callbacks.dropped(
          new DroppedEvent(
              oldest.id(), oldest.metrics(), "too many events wait to be acknowledged"));
      dropped.accept(oldest);
    }
  }

  private Waiting removeFirst() {
    Waiting first = events.removeFirst();
    bytes -= first.payload().length;
    if (attempt != null && attempt.event() == first) {
      attempt.answer().cancel(false);
      attempt = null;
    }
    return first;
  }

  /** Drops all that is left, since the client ends. */
  void dropAll(String reason) {
    while (!events.isEmpty()) {
      Waiting event = removeFirst();
      callbacks.dropped(new DroppedEvent(event.id(), event.metrics(), reason));
      dropped.accept(event);
    }
  }

  /** Lets the next attempt begin at once, whatever delay is left. */
  void hurry() {
    retryAtMillis = Long.MIN_VALUE;
  }

  /** Takes in the answer that has come, and begins the next attempt where one is due. */
  void turn(long nowMillis) {
    boolean again;
    do {
      again = settle(nowMillis);
      again |= begin(nowMillis); // to which an answer may come at once
    } while (again);
  }

  private boolean settle(long nowMillis) {
    Attempt current = attempt;
    Reply outcome = current == null ? null : current.outcome(nowMillis);
    if (current == null || outcome == null) {
      return false;
    }
    attempt = null;
    if (outcome instanceof Reply.Ended ended) {
      if (backoff.reset()) {
        LOG.log(Level.INFO, "metrics are acknowledged again");
      }
      removeFirst();
      ended.rejected().forEach(callbacks::rejected);
    } else if (outcome instanceof Reply.Failed failed) {
      current.answer().cancel(false);
      if (backoff.isFresh()) {
        LOG.log(Level.WARNING, "metrics wait, they are sent again and again: {0}", failed.reason());
      }
      retryAtMillis = nowMillis + backoff.nextMillis();
    }
    return true;
  }

  private boolean begin(long nowMillis) {
    if (attempt != null || events.isEmpty() || nowMillis < retryAtMillis) {
      return false;
    }
    Waiting event = events.getFirst();
    Attempt begun = attempt(hub, event, nowMillis, ANSWER_MILLIS);
    attempt = begun;
    begun.whenAnswered(answered);
    return true;
  }

  /** Sends an event once. */
  static Attempt attempt(MessageHub hub, Waiting event, long nowMillis, long patienceMillis) {
    return new Attempt(
        event,
        hub.request(
            event.subject(),
            Map.of("Nats-Msg-Id", event.id()),
            event.payload(),
            Duration.ofMillis(Math.max(1, patienceMillis))),
        nowMillis + patienceMillis);
  }

  /** When {@link #turn} is to be called again; an answer may come earlier. */
  long nextMillis() {
    if (attempt != null) {
      return attempt.deadlineMillis();
    }
    return events.isEmpty() ? Long.MAX_VALUE : retryAtMillis;
  }
}
