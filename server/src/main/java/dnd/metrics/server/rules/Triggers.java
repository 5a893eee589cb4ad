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
 * new samples to look at, and whose they are. What can be seen already is kept apart from what can
 * be seen later, as of a sender whose clock is ahead, or where the group looks back. What comes
 * while the group is evaluated adds up here. Safe for use by several threads; never blocks for
 * long.
 */
final class Triggers {
  /**
   * So many times that are yet to come are told apart for a rule. Of more, two neighbours become
   * the later one: what is far off is then looked at a little later than it could be.
   */
  private static final int MAX_TIMES = 16;

  /** What has come for one rule, and can be seen from one time on. */
  private static final class News {
    private long dueMillis;

    /** When the first of it can be seen. */
    private long firstMillis;

    private final EventsSince events = new EventsSince();
    private @Nullable String lastEvent;
    private long lastOrder;

    News(long dueMillis) {
      this.dueMillis = dueMillis;
      this.firstMillis = dueMillis;
    }

    /** Both, at the later time. */
    void add(News other) {
      dueMillis = Math.max(dueMillis, other.dueMillis);
      firstMillis = Math.min(firstMillis, other.firstMillis);
      events.add(other.events);
      if (other.lastOrder > lastOrder) {
        lastEvent = other.lastEvent;
        lastOrder = other.lastOrder;
      }
    }
  }

  /** What has come for one rule. */
  private static final class OfRule {
    /** What could be seen when it came, or was asked for since. */
    private @Nullable News now;

    /** In the order of their times. */
    private final List<News> later = new ArrayList<>(1);

    /** Where what can be seen at a time is added up. */
    News at(long millis, long nowMillis) {
      if (millis > nowMillis) {
        return later(millis);
      }
      News known = now;
      if (known == null) {
        known = new News(millis);
        now = known;
      }
      // No later than now, also where the clock was set back since it came.
      known.dueMillis = Math.max(Math.min(known.dueMillis, nowMillis), millis);
      return known;
    }

    private News later(long millis) {
      int at = later.size();
      while (at > 0 && later.get(at - 1).dueMillis > millis) {
        at--;
      }
      if (at > 0 && later.get(at - 1).dueMillis == millis) {
        return later.get(at - 1);
      }
      if (later.size() == MAX_TIMES) {
        uniteNearest();
        return later(millis);
      }
      News news = new News(millis);
      later.add(at, news);
      return news;
    }

    private void uniteNearest() {
      int nearest = 1;
      for (int i = 2; i < later.size(); i++) {
        if (delay(i) < delay(nearest)) {
          nearest = i;
        }
      }
      later.get(nearest).add(later.remove(nearest - 1));
    }

    /** By how much something is looked at later where one is united with the one before. */
    private long delay(int i) {
      return later.get(i).dueMillis - later.get(i - 1).firstMillis;
    }

    /**
     * The first time after this one at which something can be seen; {@link AlertInstance#NEVER}.
     */
    long nextAfter(long millis) {
      if (now != null && now.dueMillis > millis) {
        return now.dueMillis;
      }
      for (News each : later) {
        if (each.dueMillis > millis) {
          return each.dueMillis;
        }
      }
      return AlertInstance.NEVER;
    }

    /** Whether there is something that can be seen at that time. */
    boolean isDueAt(long millis) {
      return (now != null && now.dueMillis <= millis)
          || (!later.isEmpty() && later.getFirst().dueMillis <= millis);
    }

    boolean isEmpty() {
      return now == null && later.isEmpty();
    }

    /**
     * Takes out what can be seen at that time; null where there is nothing. What came since then
     * stays, with all that it was added to.
     */
    @Nullable News take(long millis) {
      while (!later.isEmpty() && later.getFirst().dueMillis <= millis) {
        News first = later.removeFirst();
        if (now == null) {
          now = first;
        } else {
          now.add(first);
        }
      }
      News known = now;
      if (known == null) {
        return null;
      }
      if (known.dueMillis <= millis) {
        now = null;
        return known;
      }
      News copy = new News(AlertInstance.NEVER);
      copy.add(known);
      return copy;
    }

    /** All of it, which stays. */
    News all() {
      News all = new News(AlertInstance.NEVER);
      if (now != null) {
        all.add(now);
      }
      later.forEach(all::add);
      return all;
    }
  }

  /** By rule; null where nothing came. */
  private final @Nullable OfRule[] news;

  private final BitSet rules = new BitSet();
  private long orders;

  /**
   * @param ruleCount of the group
   */
  Triggers(int ruleCount) {
    this.news = new OfRule[ruleCount];
  }

  /**
   * Something for a rule to look at.
   *
   * @param millis when it can be seen
   * @param nowMillis the clock's time
   * @param events that brought it; null where none did
   * @param correlationId what it is owed to besides, if known
   */
  synchronized void add(
      int rule,
      long millis,
      long nowMillis,
      @Nullable AppendedEvents events,
      @Nullable String correlationId) {
    OfRule of = news[rule];
    if (of == null) {
      of = new OfRule();
      news[rule] = of;
      rules.set(rule);
    }
    News to = of.at(millis, nowMillis);
    if (events != null) {
      to.events.add(events);
    }
    AppendedEvent last = events == null ? null : events.last();
    String id = last == null ? correlationId : last.correlationId();
    if (id != null && !id.isEmpty()) {
      to.lastEvent = id;
      to.lastOrder = ++orders;
    }
  }

  /** The rules for which something has come. */
  synchronized BitSet rules() {
    return (BitSet) rules.clone();
  }

  /** Those of them of which something can be seen at a time. */
  synchronized BitSet rulesDueAt(long nowMillis) {
    BitSet due = new BitSet();
    for (int rule = rules.nextSetBit(0); rule >= 0; rule = rules.nextSetBit(rule + 1)) {
      OfRule of = news[rule];
      if (of != null && of.isDueAt(nowMillis)) {
        due.set(rule);
      }
    }
    return due;
  }

  /** The first time after this one at which more is due; {@link AlertInstance#NEVER} for none. */
  synchronized long nextDueAfter(long nowMillis) {
    long next = AlertInstance.NEVER;
    for (int rule = rules.nextSetBit(0); rule >= 0; rule = rules.nextSetBit(rule + 1)) {
      OfRule of = news[rule];
      long after = of == null ? AlertInstance.NEVER : of.nextAfter(nowMillis);
      if (after != AlertInstance.NEVER) {
        next = next == AlertInstance.NEVER ? after : Math.min(next, after);
      }
    }
    return next;
  }

  /**
   * Takes out what has come for some rules and can be seen by then; the rest stays for another look
   * when its time has come.
   *
   * @param some the rules' places; null for all
   */
  synchronized Drained drain(@Nullable BitSet some, long untilMillis) {
    BitSet wanted = rules();
    if (some != null) {
      wanted.and(some);
    }
    Sum sum = new Sum();
    for (int rule = wanted.nextSetBit(0); rule >= 0; rule = wanted.nextSetBit(rule + 1)) {
      OfRule of = news[rule];
      if (of == null) {
        continue;
      }
      News taken = of.take(untilMillis);
      if (taken != null) {
        sum.add(rule, taken);
      }
      if (of.isEmpty()) {
        news[rule] = null;
        rules.clear(rule);
      }
    }
    return sum.drained();
  }

  /** What has come, without taking it out. */
  synchronized Drained peek() {
    Sum sum = new Sum();
    for (int rule = rules.nextSetBit(0); rule >= 0; rule = rules.nextSetBit(rule + 1)) {
      OfRule of = news[rule];
      if (of != null) {
        sum.add(rule, of.all());
      }
    }
    return sum.drained();
  }

  /** What was there for several rules. */
  private static final class Sum {
    private final BitSet rules = new BitSet();
    private final News all = new News(AlertInstance.NEVER);
    private final List<EventsSince> events = new ArrayList<>();

    void add(int rule, News news) {
      rules.set(rule);
      events.add(news.events);
      all.dueMillis = Math.max(all.dueMillis, news.dueMillis);
      if (news.lastOrder > all.lastOrder) {
        all.lastEvent = news.lastEvent;
        all.lastOrder = news.lastOrder;
      }
    }

    Drained drained() {
      String last = all.lastEvent == null ? "" : all.lastEvent;
      return new Drained(rules, all.dueMillis, events, last, CorrelationIds.make());
    }
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
