package dnd.metrics.server.rules;

import dnd.metrics.events.CorrelationIds;
import dnd.metrics.server.head.AppendedEvent;
import dnd.metrics.server.head.AppendedEvents;
import dnd.metrics.server.head.EventsSince;
import dnd.metrics.server.head.SenderId;
import dnd.metrics.server.model.Labels;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What has come for the rules of a group since each was last evaluated: up to which time there are
 * new samples to look at, and whose they are. What comes while the group is evaluated adds up here.
 * Safe for use by several threads; never blocks for long.
 */
final class Triggers {
  /** What has come for one rule. */
  private static final class News {
    private long dueMillis = AlertInstance.NEVER;
    private final EventsSince events = new EventsSince();
    private @Nullable String lastEvent;
    private long lastOrder;
  }

  /** By rule; null where nothing came. */
  private final @Nullable News[] news;

  private final BitSet rules = new BitSet();
  private long orders;

  /**
   * @param ruleCount of the group
   */
  Triggers(int ruleCount) {
    this.news = new News[ruleCount];
  }

  /**
   * Something for a rule to look at.
   *
   * @param millis when it can be seen
   * @param events that brought it; null where none did
   * @param correlationId what it is owed to besides, if known
   */
  synchronized void add(
      int rule, long millis, @Nullable AppendedEvents events, @Nullable String correlationId) {
    News of = news[rule];
    if (of == null) {
      of = new News();
      news[rule] = of;
      rules.set(rule);
    }
    of.dueMillis = Math.max(of.dueMillis, millis);
    if (events != null) {
      of.events.add(events);
    }
    AppendedEvent last = events == null ? null : events.last();
    String id = last == null ? correlationId : last.correlationId();
    if (id != null && !id.isEmpty()) {
      of.lastEvent = id;
      of.lastOrder = ++orders;
    }
  }

  /** The rules for which something has come. */
  synchronized BitSet rules() {
    return (BitSet) rules.clone();
  }

  /** Those of them of which everything that has come can be seen at a time. */
  synchronized BitSet rulesDueAt(long nowMillis) {
    BitSet due = new BitSet();
    for (int rule = rules.nextSetBit(0); rule >= 0; rule = rules.nextSetBit(rule + 1)) {
      if (dueMillis(rule) <= nowMillis) {
        due.set(rule);
      }
    }
    return due;
  }

  /** The first time after this one at which more is due; {@link AlertInstance#NEVER} for none. */
  synchronized long nextDueAfter(long nowMillis) {
    long next = AlertInstance.NEVER;
    for (int rule = rules.nextSetBit(0); rule >= 0; rule = rules.nextSetBit(rule + 1)) {
      long due = dueMillis(rule);
      if (due > nowMillis && (next == AlertInstance.NEVER || due < next)) {
        next = due;
      }
    }
    return next;
  }

  private long dueMillis(int rule) {
    News of = news[rule];
    return of == null ? AlertInstance.NEVER : of.dueMillis;
  }

  /**
   * What has come for some rules. Of each it is taken out, unless some of it is for a time after
   * {@code untilMillis}: then all of it stays, too, for another look when that time has come.
   *
   * @param some the rules' places; null for all
   */
  synchronized Drained drain(@Nullable BitSet some, long untilMillis) {
    BitSet drained = rules();
    if (some != null) {
      drained.and(some);
    }
    long due = AlertInstance.NEVER;
    List<EventsSince> events = new ArrayList<>();
    String lastEvent = "";
    long lastOrder = 0;
    for (int rule = drained.nextSetBit(0); rule >= 0; rule = drained.nextSetBit(rule + 1)) {
      News of = news[rule];
      if (of == null) {
        continue;
      }
      due = Math.max(due, of.dueMillis);
      boolean taken = of.dueMillis <= untilMillis;
      events.add(taken ? of.events : of.events.copy());
      if (of.lastEvent != null && of.lastOrder > lastOrder) {
        lastEvent = of.lastEvent;
        lastOrder = of.lastOrder;
      }
      if (taken) {
        news[rule] = null;
        rules.clear(rule);
      }
    }
    return new Drained(drained, due, events, lastEvent, CorrelationIds.make());
  }

  /** What has come, without taking it out. */
  Drained peek() {
    return drain(null, Long.MIN_VALUE);
  }

  /**
   * What had come.
   *
   * @param dueMillis the newest time, {@link AlertInstance#NEVER} where nothing came
   * @param events by rule, in no order
   * @param evaluation the correlation id of the evaluation
   */
  record Drained(
      BitSet rules, long dueMillis, List<EventsSince> events, String lastEvent, String evaluation) {
    /** The last event of the sender that the labels name; null where it sent none. */
    @Nullable String eventOfSender(Labels labels) {
      String service = labels.get("service");
      String event = lastOf(new SenderId(service, labels.get("instance")));
      return event == null ? lastOf(new SenderId(service, "")) : event;
    }

    private @Nullable String lastOf(SenderId sender) {
      AppendedEvent last = null;
      for (EventsSince each : events) {
        AppendedEvent ofSender = each.lastOf(sender);
        if (ofSender != null && (last == null || ofSender.number() > last.number())) {
          last = ofSender;
        }
      }
      return last == null ? null : last.correlationId();
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
