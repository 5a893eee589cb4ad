package dnd.metrics.server.upkeep;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A daemon thread that does some work again and again, a period after it was done last, and less
 * often while it fails. Safe for use by several threads; no lock is held while the work is done.
 */
public final class Upkeep implements Closeable {
  /** The work; it does what is due. */
  @FunctionalInterface
  public interface Work {
    void run() throws IOException;
  }

  private final String name;
  private final long periodNanos;
  private final long longestPeriodNanos;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition closing = lock.newCondition();
  private final AtomicLong failures = new AtomicLong();

  /** Made before memory is missing, as what is said where there is none to say more. */
  private final Exception noMemory = new IllegalStateException("memory is missing");

  private @Nullable Thread thread;
  private boolean closed;

  /**
   * @param name the thread's
   * @param longestPeriodNanos each failure doubles the period, up to this
   */
  public Upkeep(String name, long periodNanos, long longestPeriodNanos) {
    this.name = name;
    this.periodNanos = periodNanos;
    this.longestPeriodNanos = longestPeriodNanos;
  }

  /**
   * Begins; the first time is after a period. Doing it again has no effect.
   *
   * @param firstFailure told of the first failure after a success, unless this was closed meanwhile
   */
  public void start(Work work, Consumer<Exception> firstFailure) {
    start(periodNanos, work, firstFailure);
  }

  /** As {@link #start}, but the first time is at once. */
  public void startAtOnce(Work work, Consumer<Exception> firstFailure) {
    start(0, work, firstFailure);
  }

  private void start(long firstNanos, Work work, Consumer<Exception> firstFailure) {
    lock.lock();
    try {
      if (thread == null && !closed) {
        thread =
            Thread.ofPlatform()
                .name(name)
                .daemon()
                .start(() -> run(firstNanos, work, firstFailure));
      }
    } finally {
      lock.unlock();
    }
  }

  private void run(long firstNanos, Work work, Consumer<Exception> firstFailure) {
    long period = periodNanos;
    boolean told = false;
    for (long wait = firstNanos; awaitPeriod(wait); wait = period) {
      Exception failure = attempt(work);
      if (failure == null) {
        period = periodNanos;
        told = false;
        continue;
      }
      failures.incrementAndGet();
      told = told || isClosed() || tell(firstFailure, failure);
      period = Math.min(longestPeriodNanos, 2 * period);
    }
  }

  /** False where even that fails, so that the next failure is told. */
  private static boolean tell(Consumer<Exception> firstFailure, Exception failure) {
    try {
      firstFailure.accept(failure);
      return true;
    } catch (RuntimeException | Error toSaySo) { // as where there is no memory to say it
      return false;
    }
  }

  /** Does the work; why it failed, null where it did not. */
  private @Nullable Exception attempt(Work work) {
    try {
      work.run();
      return null;
    } catch (IOException | RuntimeException e) {
      return e;
    } catch (Error e) { // for want of memory, or where a mapped file cannot be read: that may pass
      return asException(e);
    }
  }

  private Exception asException(Error e) {
    try {
      return new IllegalStateException("it ended in " + e, e);
    } catch (OutOfMemoryError toSaySo) {
      return noMemory;
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

  /** How often the work has failed, to be tried again. */
  public long failures() {
    return failures.get();
  }

  /** Whether the work is to come to an end. */
  public boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  /** Waits for what is being done. */
  @Override
  public void close() {
    close(Long.MAX_VALUE);
  }

  /**
   * The same, for so long at most.
   *
   * @return false where it is being done still
   */
  public boolean close(long atMostNanos) {
    Thread running;
    lock.lock();
    try {
      closed = true;
      closing.signalAll();
      running = thread;
    } finally {
      lock.unlock();
    }
    if (running == null) {
      return true;
    }
    long began = System.nanoTime();
    boolean interrupted = false;
    while (running.isAlive()) {
      long left = atMostNanos - (System.nanoTime() - began);
      if (left <= 0) {
        break;
      }
      try {
        running.join(Duration.ofNanos(left));
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return !running.isAlive();
  }
}
