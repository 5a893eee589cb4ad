package dnd.metrics.server.database;

import dnd.metrics.server.wal.RecordBytes;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The writes that are in the journal and not yet in the tables, in their order, as compact as they
 * are in the journal. One thread takes them; they stay until it has them in the tables. Safe for
 * use by several threads; {@code lock} guards everything and is a leaf.
 */
final class WriteQueue {
  /** How many bytes of writes go into the tables in one transaction, unless one alone has more. */
  private static final int BATCH_BYTES = 4 << 20;

  private static final int BATCH_WRITES = 500;

  /** A write that waits. */
  record Waiting(long sequence, RecordBytes bytes) {}

  /** How long {@link #awaitChange} waits for something that no change of the queue announces. */
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private long waitingBytes;
  private long durableSequence;
  private long doneSequence;
  private boolean woken;

  void add(long sequence, RecordBytes bytes) {
    lock.lock();
    try {
      waiting.add(new Waiting(sequence, bytes));
      waitingBytes += bytes.length();
    } finally {
      lock.unlock();
    }
  }

  /**
   * The journal ends with that number: what it holds is on disk, and what it does not hold any more
   * is in the tables.
   */
  void beginAfter(long lastSequence) {
    lock.lock();
    try {
      durableSequence = lastSequence;
      doneSequence = waiting.isEmpty() ? lastSequence : waiting.element().sequence - 1;
    } finally {
      lock.unlock();
    }
  }

  /** Takes the last one back, which did not get into the journal. */
  void removeLast() {
    lock.lock();
    try {
      waitingBytes -= waiting.removeLast().bytes.length();
    } finally {
      lock.unlock();
    }
  }

  /** All writes up to that number are on disk: they may go into the tables. */
  void durableThrough(long sequence) {
    lock.lock();
    try {
      if (sequence > durableSequence) {
        durableSequence = sequence;
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Makes {@link #awaitWork} return. */
  void wake() {
    lock.lock();
    try {
      woken = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until there is something to take, {@link #wake} is called, or the time is over. */
  void awaitWork(Duration atMost) {
    lock.lock();
    try {
      long nanos = atMost.toNanos();
      while (!woken && !hasWork() && nanos > 0) {
        nanos = changed.awaitNanos(nanos);
      }
      woken = false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until {@link #wake} is called or the time is over, whatever there is to take. */
  void awaitWake(Duration atMost) {
    lock.lock();
    try {
      long nanos = atMost.toNanos();
      while (!woken && nanos > 0) {
        nanos = changed.awaitNanos(nanos);
      }
      woken = false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  private boolean hasWork() {
    Waiting first = waiting.peek();
    return first != null && first.sequence <= durableSequence;
  }

  /** The writes to go into the tables next; they stay in the queue until {@link #done}. */
  List<Waiting> next() {
    lock.lock();
    try {
      List<Waiting> next = new ArrayList<>();
      long bytes = 0;
      for (Iterator<Waiting> each = waiting.iterator(); each.hasNext(); ) {
        Waiting write = each.next();
        bytes += write.bytes.length();
        boolean full = !next.isEmpty() && (bytes > BATCH_BYTES || next.size() == BATCH_WRITES);
        if (write.sequence > durableSequence || full) {
          break;
        }
        next.add(write);
      }
      return next;
    } finally {
      lock.unlock();
    }
  }

  /** All writes up to that number are in the tables. */
  void done(long sequence) {
    lock.lock();
    try {
      while (!waiting.isEmpty() && waiting.element().sequence <= sequence) {
        waitingBytes -= waiting.remove().bytes.length();
      }
      doneSequence = sequence;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The number of the last write that is on disk. */
  long durableSequence() {
    lock.lock();
    try {
      return durableSequence;
    } finally {
      lock.unlock();
    }
  }

  /** The number up to which all writes are in the tables. */
  long doneSequence() {
    lock.lock();
    try {
      return doneSequence;
    } finally {
      lock.unlock();
    }
  }

  /** Waits a little for a change, at most so long; returns what is left of the time. */
  @SuppressWarnings("WaitNotInLoop") // whoever calls looks again
  long awaitChange(long nanos) {
    long slice = Math.min(nanos, LOOK_NANOS);
    lock.lock();
    try {
      return nanos - slice + Math.max(0, changed.awaitNanos(slice));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    } finally {
      lock.unlock();
    }
  }

  /** How much waits. */
  record Figures(long writes, long bytes, OptionalLong oldestMillis) {}

  Figures figures() {
    Waiting first;
    long writes;
    long bytes;
    lock.lock();
    try {
      first = waiting.peek();
      writes = waiting.size();
      bytes = waitingBytes;
    } finally {
      lock.unlock();
    }
    return new Figures(writes, bytes, writtenAt(first));
  }

  private static OptionalLong writtenAt(@Nullable Waiting first) {
    return first == null
        ? OptionalLong.empty()
        : OptionalLong.of(JournalRecord.writtenAt(first.bytes));
  }
}
