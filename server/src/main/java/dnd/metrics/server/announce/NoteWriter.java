package dnd.metrics.server.announce;

import dnd.metrics.server.database.Change;
import dnd.metrics.server.database.Database;
import dnd.metrics.server.database.NotTakenException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what was announced, behind the announcements: all that came in meanwhile in one write, in
 * order, on a thread of its own. Who adds waits only while {@value #MAX_WAITING} changes wait,
 * since what is not noted would be announced again after a crash. Safe for use by several threads.
 */
final class NoteWriter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NoteWriter.class);
  private static final int MAX_WAITING = 200_000;
  private static final int CHANGES_PER_WRITE = 10_000;
  private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Database database;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private List<Change> waiting = new ArrayList<>();

  /** How many changes were added, and how many of them, the first ones, are written. */
  private long added;

  private long done;

  /** The last attempt, or its thread is over. */
  private boolean failing;

  private boolean closed;

  /** What is being written, and how much of it is; for the thread. */
  private List<Change> batch = List.of();

  private int written;
  private final Thread thread;

  NoteWriter(Database database) {
    this.database = database;
    this.thread = Thread.ofPlatform().name("announcement-notes").daemon().start(this::run);
  }

  void add(List<Change> changes) {
    if (changes.isEmpty()) {
      return;
    }
    lock.lock();
    try {
      while (waiting.size() >= MAX_WAITING && !closed) {
        changed.awaitUninterruptibly();
      }
      waiting.addAll(changes);
      added += changes.size();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  int waiting() {
    lock.lock();
    try {
      return waiting.size();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until everything that was added before has been written. */
  void flush() {
    lock.lock();
    try {
      long sought = added;
      while (done < sought) {
        changed.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * The same, but does not wait where the database takes nothing.
   *
   * @throws IOException where it has not been written and cannot be now
   */
  void awaitNoted() throws IOException {
    lock.lock();
    try {
      long sought = added;
      while (done < sought && !failing) {
        changed.awaitUninterruptibly();
      }
      if (done < sought) {
        throw new IOException("what was announced of alerts cannot be noted");
      }
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    boolean more = true;
    while (more) {
      try {
        more = writeNext();
      } catch (OutOfMemoryError e) { // it goes on where it was
        more = pauseUnlessClosed();
      }
    }
    int left = endWithout();
    if (left > 0) {
      LOG.error(
          "{} notes of announcements are not written: they had no memory until the end", left);
    }
  }

  /** How many notes are not written; nobody is to wait for them. */
  private int endWithout() {
    lock.lock();
    try {
      failing = true;
      changed.signalAll();
      return batch.size() - written + waiting.size();
    } finally {
      lock.unlock();
    }
  }

  /** Writes what is left of the last batch, or the next; false when nothing will come any more. */
  private boolean writeNext() {
    if (written == batch.size()) {
      batch = next();
      written = 0;
    }
    while (written < batch.size()) {
      int end = Math.min(batch.size(), written + CHANGES_PER_WRITE);
      write(batch.subList(written, end));
      done(end - written);
      written = end;
    }
    return !batch.isEmpty();
  }

  private void done(int count) {
    lock.lock();
    try {
      done += count;
      failing = false;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void write(List<Change> notes) {
    try {
      while (!isTaken(notes)) {}
    } catch (IOException e) {
      LOG.error(
          "{} notes of announcements are not on disk: after a crash now they would be announced"
              + " again, with the same ids",
          notes.size(),
          e);
    } catch (IllegalArgumentException e) {
      if (notes.size() > 1) { // too much for one write, or one of them is at fault
        write(notes.subList(0, notes.size() / 2));
        write(notes.subList(notes.size() / 2, notes.size()));
      } else {
        LOG.error("a note of an announcement could not be written: {}", notes, e);
      }
    } catch (OutOfMemoryError e) {
      throw e; // they are written again
    } catch (RuntimeException | Error e) {
      LOG.error("{} notes of announcements could not be written", notes.size(), e);
    }
  }

  /** Whether the database has taken them; false where it is to be asked again, after a pause. */
  private boolean isTaken(List<Change> notes) throws IOException {
    try {
      database.write(notes);
      return true;
    } catch (NotTakenException e) {
      if (!pauseUnlessClosed()) {
        throw e;
      }
      return false;
    }
  }

  /** False where there will be no other attempt. */
  private boolean pauseUnlessClosed() {
    lock.lock();
    try {
      boolean last = closed; // who closes it makes the next attempt come at once
      failing = true;
      changed.signalAll();
      long nanos = RETRY_NANOS;
      while (!closed && nanos > 0) {
        nanos = changed.awaitNanos(nanos);
      }
      return !last;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  /** What waits; empty when nothing will come any more. */
  private List<Change> next() {
    lock.lock();
    try {
      while (waiting.isEmpty() && !closed) {
        changed.awaitUninterruptibly();
      }
      List<Change> batch = waiting;
      waiting = new ArrayList<>();
      changed.signalAll();
      return batch;
    } finally {
      lock.unlock();
    }
  }

  /** Writes what waits, and stops. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
