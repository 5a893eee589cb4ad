package dnd.metrics.server.rules;

import dnd.metrics.events.CorrelationIds;
import dnd.metrics.server.head.SenderId;
import dnd.metrics.server.model.Labels;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What has come for a group since its last evaluation: which rules have new samples to look at, up
 * to which time, and whose they are. Pushes that come while the group is evaluated add up here.
 * Safe for use by several threads; never blocks for long.
 */
final class Triggers {
  /** Beyond this many senders between two evaluations only the last one is remembered. */
  private static final int MAX_SENDERS = 1024;

  private BitSet rules = new BitSet();
  private long dueMillis = AlertInstance.NEVER;
  private Map<SenderId, String> events = new HashMap<>();
  private String lastEvent = "";

  /**
   * Something for a rule to look at.
   *
   * @param millis when it can be seen
   * @param sender whose samples they are; null where they are none of a sender's
   * @param correlationId of the event that brought them, if known
   */
  synchronized void add(
      int rule, long millis, @Nullable SenderId sender, @Nullable String correlationId) {
    rules.set(rule);
    dueMillis = Math.max(dueMillis, millis);
    if (correlationId != null && !correlationId.isEmpty()) {
      lastEvent = correlationId;
      if (sender != null && (events.size() < MAX_SENDERS || events.containsKey(sender))) {
        events.put(sender, correlationId);
      }
    }
  }

  synchronized boolean isEmpty() {
    return rules.isEmpty();
  }

  /** The newest time for which something has come; {@link AlertInstance#NEVER} for nothing. */
  synchronized long dueMillis() {
    return dueMillis;
  }

  /**
   * What has come. It is taken out, unless some of it is for a time after {@code untilMillis}: then
   * all of it stays, too, for another look when that time has come.
   */
  synchronized Drained drain(long untilMillis) {
    String evaluation = CorrelationIds.make();
    if (dueMillis > untilMillis) {
      return new Drained(
          (BitSet) rules.clone(), dueMillis, Map.copyOf(events), lastEvent, evaluation);
    }
    Drained drained = new Drained(rules, dueMillis, events, lastEvent, evaluation);
    rules = new BitSet();
    dueMillis = AlertInstance.NEVER;
    events = new HashMap<>();
    lastEvent = "";
    return drained;
  }

  /** What has come, without taking it out. */
  Drained peek() {
    return drain(Long.MIN_VALUE);
  }

  /**
   * What had come.
   *
   * @param dueMillis the newest time, {@link AlertInstance#NEVER} where nothing came
   * @param evaluation the correlation id of the evaluation
   */
  record Drained(
      BitSet rules,
      long dueMillis,
      Map<SenderId, String> events,
      String lastEvent,
      String evaluation) {
    /** The last event of the sender that the labels name; null where it sent none. */
    @Nullable String eventOfSender(Labels labels) {
      String service = labels.get("service");
      String event = events.get(new SenderId(service, labels.get("instance")));
      return event == null ? events.get(new SenderId(service, "")) : event;
    }

    /** The same for an evaluation that someone asked for. */
    Drained askedBy(String correlationId) {
      return new Drained(rules, dueMillis, events, lastEvent, correlationId);
    }

    /** The correlation id for what has no alert: the last event's or the evaluation's own. */
    String event() {
      return lastEvent.isEmpty() ? evaluation : lastEvent;
    }
  }
}
