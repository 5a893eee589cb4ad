package dnd.metrics.server.head;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * The last event of each sender that brought samples for a group of series and has a correlation
 * id. So a flood leaves one event a sender behind, however long nobody asks. Of very many senders
 * those are forgotten from which nothing has come for the longest time: {@value #AT_LEAST} are
 * remembered, and at most twice as many. Written by one thread at a time, read by any.
 */
final class LastEvents {
  private static final int AT_LEAST = 16_384;

  private volatile ConcurrentMap<SenderId, AppendedEvent> recent = new ConcurrentHashMap<>();

  /** Those of senders that may not have sent since there were many in {@link #recent}. */
  private volatile ConcurrentMap<SenderId, AppendedEvent> before = new ConcurrentHashMap<>();

  void add(AppendedEvent event) {
    if (event.correlationId() == null) {
      return;
    }
    if (recent.size() >= AT_LEAST && !recent.containsKey(event.sender())) {
      before = recent; // first: a sender must be found in one of them at any time
      recent = new ConcurrentHashMap<>();
    }
    recent.put(event.sender(), event);
  }

  /** The sender's last event; null where it has sent none or was forgotten. */
  @Nullable AppendedEvent of(SenderId sender) {
    AppendedEvent event = recent.get(sender);
    return event == null ? before.get(sender) : event;
  }
}
