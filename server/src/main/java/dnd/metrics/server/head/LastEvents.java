package dnd.metrics.server.head;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * The last event of each sender that brought samples for a group of series and has a correlation
 * id. So a flood leaves one event a sender behind, however long nobody asks. Of very many senders
 * those are forgotten from which nothing has come for the longest time: {@value #AT_LEAST} are
 * remembered, and at most twice as many; and of fewer those from which nothing has come for one to
 * two hours, so that instances that come and go do not add up in every group. Written by one thread
 * at a time, read by any.
 */
final class LastEvents {
  private static final int AT_LEAST = 16_384;

  /** Longer than a rule is likely to wait for its turn. */
  private static final long KEPT_NANOS = 3_600_000_000_000L;

  private volatile ConcurrentMap<SenderId, AppendedEvent> recent = new ConcurrentHashMap<>();

  /** Those of senders that may not have sent since {@link #recent} began. */
  private volatile ConcurrentMap<SenderId, AppendedEvent> before = new ConcurrentHashMap<>();

  /** When {@link #recent} began, once that is known. */
  private @Nullable Long begunNanos;

  void add(AppendedEvent event) {
    if (event.correlationId() == null) {
      return;
    }
    if (recent.size() >= AT_LEAST && !recent.containsKey(event.sender())) {
      forget();
    }
    recent.put(event.sender(), event);
  }

  /** Forgets senders from which nothing has come for long. */
  void forgetSilent(long nowNanos) {
    Long begun = begunNanos;
    if (begun == null) {
      begunNanos = nowNanos;
    } else if (nowNanos - begun >= KEPT_NANOS) {
      begunNanos = nowNanos;
      forget();
    }
  }

  private void forget() {
    before = recent; // first: a sender must be found in one of them at any time
    recent = new ConcurrentHashMap<>();
  }

  /** The sender's last event; null where it has sent none or was forgotten. */
  @Nullable AppendedEvent of(SenderId sender) {
    AppendedEvent event = recent.get(sender);
    return event == null ? before.get(sender) : event;
  }
}
