package dnd.metrics.server.head;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Adds up what has to be known of events that came for the same watches. Adding costs nothing but
 * comparisons, however many there are. For one thread, and for all once nothing is added any more.
 */
final class EventSum {
  private long firstNumber = Long.MAX_VALUE;
  private long oldestMillis = Long.MAX_VALUE;
  private long newestMillis = Long.MIN_VALUE;

  /** Whose newest sample is the newest of all; null where nothing was added. */
  private @Nullable SenderId newestOf;

  /** The newest sample of all other senders; the smallest long for none. */
  private long newestOfOthersMillis = Long.MIN_VALUE;

  private @Nullable AppendedEvent last;

  boolean isEmpty() {
    return newestOf == null;
  }

  long firstNumber() {
    return firstNumber;
  }

  long oldestMillis() {
    return oldestMillis;
  }

  long newestMillis() {
    return newestMillis;
  }

  /** The time of the newest sample that is not this sender's, if there is one. */
  OptionalLong newestMillisOfOthers(SenderId than) {
    if (!than.equals(newestOf)) {
      return OptionalLong.of(newestMillis);
    }
    return newestOfOthersMillis == Long.MIN_VALUE
        ? OptionalLong.empty()
        : OptionalLong.of(newestOfOthersMillis);
  }

  /** The last event that has a correlation id; null where none has. */
  @Nullable AppendedEvent last() {
    return last;
  }

  void add(AppendedEvent event) {
    firstNumber = Math.min(firstNumber, event.number());
    oldestMillis = Math.min(oldestMillis, event.oldestMillis());
    newest(event.sender(), event.newestMillis());
    last = later(last, event);
  }

  void add(EventSum other) {
    SenderId sender = other.newestOf;
    if (sender == null) {
      return;
    }
    firstNumber = Math.min(firstNumber, other.firstNumber);
    oldestMillis = Math.min(oldestMillis, other.oldestMillis);
    newest(sender, other.newestMillis);
    newestOfOthersMillis = Math.max(newestOfOthersMillis, other.newestOfOthersMillis);
    last = later(last, other.last);
  }

  private void newest(SenderId sender, long millis) {
    if (newestOf == null || sender.equals(newestOf)) {
      newestOf = sender;
      newestMillis = Math.max(newestMillis, millis);
    } else if (millis > newestMillis) {
      newestOfOthersMillis = newestMillis;
      newestOf = sender;
      newestMillis = millis;
    } else {
      newestOfOthersMillis = Math.max(newestOfOthersMillis, millis);
    }
  }

  /** The later one that has a correlation id. */
  private static @Nullable AppendedEvent later(
      @Nullable AppendedEvent one, @Nullable AppendedEvent other) {
    if (other == null || other.correlationId() == null) {
      return one;
    }
    return one == null || other.number() > one.number() ? other : one;
  }
}
