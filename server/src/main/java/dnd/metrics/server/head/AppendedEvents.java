package dnd.metrics.server.head;

import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What one force has brought to disk for series that are watched by the same: one or more events,
 * in order. All who watch them are given the same object, however many events and watches there
 * are. Immutable, but for what it remembers; safe for use by several threads.
 */
public final class AppendedEvents {
  private final List<AppendedEvent> events;
  private final long oldestMillis;
  private final long newestMillis;

  /** What was answered last: all who watch ask the same. */
  private volatile @Nullable OfOthers ofOthers;

  private record OfOthers(SenderId than, OptionalLong newestMillis) {}

  /**
   * @param events at least one, in the order of their numbers
   */
  public AppendedEvents(List<AppendedEvent> events) {
    this.events = List.copyOf(events);
    long oldest = Long.MAX_VALUE;
    long newest = Long.MIN_VALUE;
    for (AppendedEvent event : this.events) {
      oldest = Math.min(oldest, event.oldestMillis());
      newest = Math.max(newest, event.newestMillis());
    }
    this.oldestMillis = oldest;
    this.newestMillis = newest;
  }

  public int count() {
    return events.size();
  }

  /** The time of the oldest sample. */
  public long oldestMillis() {
    return oldestMillis;
  }

  /** The time of the newest sample; it may lie ahead of the clock. */
  public long newestMillis() {
    return newestMillis;
  }

  /** The time of the newest sample that is not this sender's, if there is one. */
  public OptionalLong newestMillisOfOthers(SenderId sender) {
    OfOthers known = ofOthers;
    if (known == null || !known.than.equals(sender)) {
      OptionalLong newest =
          events.stream()
              .filter(event -> !event.sender().equals(sender))
              .mapToLong(AppendedEvent::newestMillis)
              .max();
      known = new OfOthers(sender, newest);
      ofOthers = known;
    }
    return known.newestMillis;
  }

  /** The last event that has a correlation id; null where none has. */
  public @Nullable AppendedEvent last() {
    for (AppendedEvent event : events.reversed()) {
      if (event.correlationId() != null) {
        return event;
      }
    }
    return null;
  }

  /** The last event of a sender that has a correlation id; null where there is none. */
  public @Nullable AppendedEvent lastOf(SenderId sender) {
    for (AppendedEvent event : events.reversed()) {
      if (event.correlationId() != null && event.sender().equals(sender)) {
        return event;
      }
    }
    return null;
  }

  @Override
  public String toString() {
    return events.toString();
  }
}
