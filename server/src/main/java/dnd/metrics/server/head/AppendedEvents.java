package dnd.metrics.server.head;

import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What one force has brought to disk for series that someone watches: one or more events. All who
 * watch the same series are given the same object, however many events and watches there are; who
 * watches several groups of series is given theirs as parts. Immutable, but for what it remembers;
 * safe for use by several threads.
 */
public final class AppendedEvents {
  private final List<AppendedEvent> events;
  private final List<AppendedEvents> parts;
  private final long oldestMillis;
  private final long newestMillis;
  private final @Nullable AppendedEvent last;

  /** What was answered last: all who watch ask the same. */
  private volatile @Nullable OfOthers ofOthers;

  private record OfOthers(SenderId than, OptionalLong newestMillis) {}

  /**
   * @param events at least one
   */
  public AppendedEvents(List<AppendedEvent> events) {
    this(events, List.of());
  }

  private AppendedEvents(List<AppendedEvent> events, List<AppendedEvents> parts) {
    this.events = List.copyOf(events);
    this.parts = List.copyOf(parts);
    long oldest = Long.MAX_VALUE;
    long newest = Long.MIN_VALUE;
    AppendedEvent named = null;
    for (AppendedEvent event : this.events) {
      oldest = Math.min(oldest, event.oldestMillis());
      newest = Math.max(newest, event.newestMillis());
      named = later(named, event);
    }
    for (AppendedEvents part : this.parts) {
      oldest = Math.min(oldest, part.oldestMillis);
      newest = Math.max(newest, part.newestMillis);
      named = later(named, part.last);
    }
    this.oldestMillis = oldest;
    this.newestMillis = newest;
    this.last = named;
  }

  /** Several as one, at least one. */
  static AppendedEvents joined(List<AppendedEvents> parts) {
    return parts.size() == 1 ? parts.getFirst() : new AppendedEvents(List.of(), parts);
  }

  /** The later one that has a correlation id. */
  private static @Nullable AppendedEvent later(
      @Nullable AppendedEvent one, @Nullable AppendedEvent other) {
    if (other == null || other.correlationId() == null) {
      return one;
    }
    return one == null || other.number() > one.number() ? other : one;
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
      known = new OfOthers(sender, findNewestOfOthers(sender));
      ofOthers = known;
    }
    return known.newestMillis;
  }

  private OptionalLong findNewestOfOthers(SenderId sender) {
    long newest = Long.MIN_VALUE;
    boolean found = false;
    for (AppendedEvent event : events) {
      if (!event.sender().equals(sender)) {
        newest = Math.max(newest, event.newestMillis());
        found = true;
      }
    }
    for (AppendedEvents part : parts) {
      OptionalLong ofPart = part.newestMillisOfOthers(sender);
      if (ofPart.isPresent()) {
        newest = Math.max(newest, ofPart.getAsLong());
        found = true;
      }
    }
    return found ? OptionalLong.of(newest) : OptionalLong.empty();
  }

  /** The last event that has a correlation id; null where none has. */
  public @Nullable AppendedEvent last() {
    return last;
  }

  /** The last event of a sender that has a correlation id; null where there is none. */
  public @Nullable AppendedEvent lastOf(SenderId sender) {
    AppendedEvent found = null;
    for (AppendedEvent event : events) {
      if (event.sender().equals(sender)) {
        found = later(found, event);
      }
    }
    for (AppendedEvents part : parts) {
      found = later(found, part.lastOf(sender));
    }
    return found;
  }

  @Override
  public String toString() {
    return parts.isEmpty() ? events.toString() : parts.toString();
  }
}
