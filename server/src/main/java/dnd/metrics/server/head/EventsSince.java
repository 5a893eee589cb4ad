package dnd.metrics.server.head;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The events that came for someone since a moment, of which the last of each sender is known: of
 * what a flood brings nothing is kept here. Begins with the first events that are added. What is
 * added and what is asked is up to one thread at a time.
 */
public final class EventsSince {
  private final Set<LastEvents> senders;
  private long firstNumber;

  /** What was added last: it is mostly the same. */
  private @Nullable List<LastEvents> added;

  public EventsSince() {
    this.senders = new HashSet<>(4);
    this.firstNumber = Long.MAX_VALUE;
  }

  @SuppressWarnings("ReferenceEquality") // a group hands over the same list each time
  public void add(AppendedEvents events) {
    firstNumber = Math.min(firstNumber, events.firstNumber());
    if (added != events.senders()) {
      added = events.senders();
      senders.addAll(events.senders());
    }
  }

  /** Adds the events of another one, which stays as it is. */
  public void add(EventsSince other) {
    firstNumber = Math.min(firstNumber, other.firstNumber);
    if (senders.addAll(other.senders)) {
      added = null;
    }
  }

  /** The last event of a sender that has a correlation id; null where none is known. */
  public @Nullable AppendedEvent lastOf(SenderId sender) {
    AppendedEvent last = null;
    for (LastEvents each : senders) {
      AppendedEvent event = each.of(sender);
      if (event != null
          && event.number() >= firstNumber
          && (last == null || event.number() > last.number())) {
        last = event;
      }
    }
    return last;
  }
}
