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
  private final InFlightLimit limit;
  private final Runnable beforeWaiting;
  private final AtomicLong bytes = new AtomicLong();
  private volatile long wakeAtBytes;
  private volatile @Nullable Thread waiting;

  /**
   * @param beforeWaiting run by who waits, each time and just before
   */
  InFlight(InFlightLimit limit, Runnable beforeWaiting) {
    this.limit = limit;
    this.beforeWaiting = beforeWaiting;
  }

  long bytes() {
    return bytes.get();
  }

  /** An event of that size goes to the log. */
  void add(int size) {
    long now = bytes.addAndGet(size);
    if (now >= InFlightLimit.BUSY_BYTES && now - size < InFlightLimit.BUSY_BYTES) {
      limit.countBusy(1);
    }
  }

  /** An event of that size has its outcome. */
  void remove(int size) {
    long now = bytes.addAndGet(-size);
    if (now < InFlightLimit.BUSY_BYTES && now + size >= InFlightLimit.BUSY_BYTES) {
      limit.countBusy(-1);
    }
    Thread thread = waiting;
    if (thread != null && now <= wakeAtBytes) {
      LockSupport.unpark(thread);
    }
  }

  /**
   * Returns when there is room for another event: once there was none, when half of all has its
   * outcome, so that threads wake for more than one event.
   */
  void awaitRoom() {
    long most = limit.bytes();
    if (bytes.get() < most) {
      return;
    }
    beforeWaiting.run();
    boolean interrupted = false;
    wakeAtBytes = most / 2;
    waiting = Thread.currentThread();
    while (bytes.get() > most / 2) {
      LockSupport.park(this);
      interrupted |= Thread.interrupted(); // nobody has a reason to; kept for whoever does
    }
    waiting = null;
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
