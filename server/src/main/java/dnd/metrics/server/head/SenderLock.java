package dnd.metrics.server.head;

import java.util.concurrent.locks.ReentrantLock;

/**
 * A sender's lock. Whoever finds it free takes it, also past those who wait: a thread that has many
 * events to apply goes on with the next without a switch of threads between them. But where
 * somebody has waited for long, everybody queues, so that a connection that floods the service does
 * not keep another one of the same sender from it.
 */
final class SenderLock {
  private static final long PATIENCE_NANOS = 1_000_000;

  private final ReentrantLock lock = new ReentrantLock(true);

  /** Whether somebody was seen to wait for it, and since when; guarded by the lock. */
  private boolean awaited;

  private long awaitedSinceNanos;

  void lock() {
    if (lock.tryLock()) { // also past those who wait, fair as the lock is
      if (!isOverdue()) {
        return;
      }
      lock.unlock();
    }
    lock.lock();
    awaited = isAwaited();
    awaitedSinceNanos = awaited ? System.nanoTime() : 0;
  }

  /** Whether somebody waits for it. */
  boolean isAwaited() {
    return lock.hasQueuedThreads();
  }

  private boolean isOverdue() {
    if (lock.getHoldCount() > 1 || !isAwaited()) {
      awaited = false;
      return false;
    }
    long now = System.nanoTime();
    if (!awaited) {
      awaited = true;
      awaitedSinceNanos = now;
    }
    return now - awaitedSinceNanos > PATIENCE_NANOS;
  }

  void unlock() {
    lock.unlock();
  }
}
