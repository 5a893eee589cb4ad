package dnd.metrics.server.storage;

import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compacts what there is to compact, on a thread of its own that looks every ten seconds. While it
 * fails, as on a full disk, it says so once and tries less often.
 */
public final class BlockMaintenance implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(BlockMaintenance.class);
  private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long LONGEST_PERIOD_NANOS = TimeUnit.MINUTES.toNanos(5);

  private final Compactor compactor;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition closing = lock.newCondition();
  private @Nullable Thread thread;
  private boolean closed;

  public BlockMaintenance(Compactor compactor) {
    this.compactor = compactor;
  }

  public void start() {
    lock.lock();
    try {
      if (thread == null && !closed) {
        thread = Thread.ofPlatform().name("blocks").daemon().start(this::run);
      }
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    long period = PERIOD_NANOS;
    while (awaitPeriod(period)) {
      try {
        boolean more = true;
        while (more && !isClosed()) {
          more = compactor.compact();
        }
        period = PERIOD_NANOS;
      } catch (IOException | RuntimeException e) {
        if (period == PERIOD_NANOS && !isClosed()) {
          LOG.warn("blocks cannot be compacted, they stay as they are meanwhile", e);
        }
        period = Math.min(LONGEST_PERIOD_NANOS, 2 * period);
      }
    }
  }

  private boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  /** False where it is to end. */
  private boolean awaitPeriod(long nanos) {
    lock.lock();
    try {
      long left = nanos;
      while (left > 0 && !closed) {
        left = closing.awaitNanos(left);
      }
      return !closed;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  /** Breaks off the compaction that runs, if any: it begins anew another time. */
  @Override
  public void close() {
    compactor.stop();
    Thread running;
    lock.lock();
    try {
      closed = true;
      closing.signalAll();
      running = thread;
    } finally {
      lock.unlock();
    }
    boolean interrupted = false;
    while (running != null && running.isAlive()) {
      try {
        running.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
