package dnd.metrics.server.head;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What one force has brought to disk for series that someone watches: one or more events, added up.
 * All who watch the same series are given the same object, however many events and watches there
 * are. Immutable; who sent what is looked up in {@link EventsSince}.
 */
public final class AppendedEvents {
  private final EventSum sum;
  private final List<LastEvents> senders;

  /**
   * @param sum of at least one event; it is not changed any more
   * @param senders where the last events of senders are found
   */
  AppendedEvents(EventSum sum, List<LastEvents> senders) {
    this.sum = sum;
    this.senders = senders;
  }

  /** Several as one, at least one. */
  static AppendedEvents joined(List<AppendedEvents> parts) {
    if (parts.size() == 1) {
      return parts.getFirst();
    }
    EventSum sum = new EventSum();
    List<LastEvents> senders = new ArrayList<>(parts.size());
    for (AppendedEvents part : parts) {
      sum.add(part.sum);
      senders.addAll(part.senders);
    }
    return new AppendedEvents(sum, senders);
  }

  /** The number of the first event. */
  long firstNumber() {
    return sum.firstNumber();
  }

  /** Where the last events of senders are found, whenever they came; not to be changed. */
  List<LastEvents> senders() {
    return senders;
  }

  /** The time of the oldest sample. */
  public long oldestMillis() {
    return sum.oldestMillis();
  }

  /** The time of the newest sample; it may lie ahead of the clock. */
  public long newestMillis() {
    return sum.newestMillis();
  }

  /** The time of the newest sample that is not this sender's, if there is one. */
  public OptionalLong newestMillisOfOthers(SenderId sender) {
    return sum.newestMillisOfOthers(sender);
  }

  /** The last event that has a correlation id; null where none has. */
  public @Nullable AppendedEvent last() {
    return sum.last();
  }
}
