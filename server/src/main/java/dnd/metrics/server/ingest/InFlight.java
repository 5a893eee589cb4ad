package dnd.metrics.server.ingest;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * How much of one connection's events waits for the disk. Whoever sends faster than the disk and
 * the answers go waits here, and no one else: what waits of all connections together stays so small
 * that the next force, with the answers that follow it, is never long in coming for a sender that
 * is in no hurry (docs/decisions/fair-senders.md). One thread adds and waits; any may take away.
 */
final class InFlight {
  /**
   * Enough for one connection to keep a processor busy during a force, and few enough events for a
   * dozen such connections to be answered in milliseconds.
   */
  static final long MAX_BYTES = 1 << 20;

  private final long maxBytes;
  private final AtomicLong bytes = new AtomicLong();
  private volatile @Nullable Thread waiting;

  InFlight(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  long bytes() {
    return bytes.get();
  }

  /** An event of that size goes to the log. */
  void add(int size) {
    bytes.addAndGet(size);
  }

  /** An event of that size has its outcome. */
  void remove(int size) {
    if (bytes.addAndGet(-size) <= maxBytes / 2) {
      Thread thread = waiting;
      if (thread != null) {
        LockSupport.unpark(thread);
      }
    }
  }

  /**
   * Returns when there is room for another event: once there was none, when half of all has its
   * outcome, so that threads wake for more than one event.
   */
  void awaitRoom() {
    if (bytes.get() < maxBytes) {
      return;
    }
    boolean interrupted = false;
    waiting = Thread.currentThread();
    while (bytes.get() > maxBytes / 2) {
      LockSupport.park(this);
      interrupted |= Thread.interrupted(); // nobody has a reason to; kept for whoever does
    }
    waiting = null;
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
