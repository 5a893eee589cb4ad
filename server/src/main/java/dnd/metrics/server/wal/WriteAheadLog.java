package dnd.metrics.server.wal;

import dnd.metrics.server.disk.DiskPace;
import dnd.metrics.server.model.DurationHistogram;
import dnd.metrics.server.upkeep.FailureLog;
import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The write-ahead log: takes records in memory, and says when they are on disk. Safe for use by
 * several threads. Format: docs/format/wal.md; why it works this way:
 * docs/decisions/group-commit.md.
 *
 * <p>Whoever appends only copies bytes into a shared buffer. One thread takes the buffer as it is,
 * writes it, forces it, and calls everybody whose record was in it; meanwhile the next buffer
 * fills. So one force serves all that arrived during the one before it, and the slower the disk,
 * the more each force carries. Where the disk is fast and many records come, the thread lets them
 * gather for a moment ({@link Gathering}).
 *
 * <p>When a write or a force fails, nothing is dropped: the records stay in memory and are tried
 * again, in a new file, every {@link LogOptions#retryInterval}; whoever waits learns of the
 * failure; {@link #unavailable} says so until it is over. The same where memory is missing.
 *
 * <p>{@code lock} guards the fields of the filling buffer, the sequence and the states below. It is
 * never held across I/O or a callback. Callers may hold a sender's lock when they take it; under it
 * no other lock is taken.
 */
public final class WriteAheadLog implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(WriteAheadLog.class);

  private enum State {
    RUNNING,
    CLOSING,
    CLOSED
  }

  private final LogFiles files;
  private final LogOptions options;
  private final SegmentWriter writer;
  private final DurationHistogram forces = new DurationHistogram();
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final Condition room = lock.newCondition();
  private PendingRecords filling = new PendingRecords();

  /** Of the log's thread, as {@link #gathering} is. */
  private PendingRecords writing = new PendingRecords();

  private final Gathering gathering = new Gathering();

  /** Made before memory is missing, as what is said where there is none to say more. */
  private final Runnable callBackCommitted = this::callBackCommitted;

  private final IOException noMemory = new IOException("memory is missing");
  private boolean idle;

  /** Whether the log's thread lets records gather, and wants a signal when they are enough. */
  private boolean gathers;

  private long lastSequence;
  private State state = State.RUNNING;
  private @Nullable IOException closeFailure;

  private volatile @Nullable IOException failure;

  private volatile Consumer<Runnable> together = Runnable::run;
  private volatile ForceListener afterwards = anotherFollows -> {};

  /** Written by the log's thread; counts what was removed since as if it were there. */
  private volatile LogStatistics statistics;

  private volatile LogFront.Removed removed = new LogFront.Removed(0, 0);

  /**
   * Opens the log for appending behind what a {@link LogReplay} found in it.
   *
   * @param found where the log ends
   */
  public WriteAheadLog(LogFiles files, LogOptions options, LogEnd found) {
    this.files = files;
    this.options = options;
    this.writer = new SegmentWriter(files, found.lastSegment(), options.segmentBytes());
    this.lastSequence = found.lastSequence();
    this.statistics = new LogStatistics(found.lastSequence(), found.bytes(), found.segments(), 0);
    this.thread = Thread.ofPlatform().name("log").daemon().start(this::runToTheEnd);
  }

  /**
   * Appends a record. Waits where too much is pending already. Where memory is missing for it, that
   * is thrown, and nothing is appended.
   *
   * @return the record's number: one more than the record's before it
   */
  public long append(RecordBody body, LogCallback callback) {
    CRC32C crc = new CRC32C();
    body.updateChecksum(crc);
    lock.lock();
    try {
      while (filling.size() > options.pendingBytes() && failure == null && state == State.RUNNING) {
        room.awaitUninterruptibly();
      }
      if (state != State.RUNNING) {
        throw new IllegalStateException("the log is closed");
      }
      filling.add(body, lastSequence + 1, crc, callback);
      wake();
      return ++lastSequence;
    } finally {
      lock.unlock();
    }
  }

  /** Calls back once everything appended before is on disk. */
  public void whenDurable(LogCallback callback) {
    lock.lock();
    try {
      if (state != State.RUNNING) {
        throw new IllegalStateException("the log is closed");
      }
      filling.addWaiting(callback);
      wake();
    } finally {
      lock.unlock();
    }
  }

  /** Why nothing can be written at present; null when all is well. */
  public @Nullable IOException unavailable() {
    return failure;
  }

  /** The number of the last record appended. */
  public long lastSequence() {
    lock.lock();
    try {
      return lastSequence;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Calls all that one force has made durable within one call of {@code runner}, which runs what it
   * is given at once: so that a hub can send their acknowledgements together.
   */
  public void callBackTogether(Consumer<Runnable> runner) {
    together = runner;
  }

  /** Learns that a force is over. */
  @FunctionalInterface
  public interface ForceListener {
    /**
     * Called on the log's thread when all that the force concerns were called, whether it succeeded
     * or not.
     *
     * @param anotherFollows whether it succeeded and records wait already, so that there will be
     *     another call soon
     */
    void forced(boolean anotherFollows);
  }

  /** Tells who listens of each force; there is one listener. */
  public void afterEachForce(ForceListener listener) {
    afterwards = listener;
  }

  public LogStatistics statistics() {
    LogStatistics s = statistics;
    LogFront.Removed r = removed;
    return new LogStatistics(
        s.durableSequence(), s.bytes() - r.bytes(), s.segments() - r.segments(), s.forces());
  }

  /** How long it took to write and force, each time that succeeded. */
  public DurationHistogram forceDurations() {
    return forces;
  }

  /** How many bytes of records were ever written since the log was opened, and found then. */
  public long bytesEver() {
    return statistics.bytes();
  }

  /**
   * Removes the files that hold only records up to number {@code sequence}: they are not needed any
   * more. For one thread at a time.
   */
  public void removeThrough(long sequence, DiskPace pace) throws IOException {
    LogFront.Removed now = LogFront.remove(files, sequence, pace);
    LogFront.Removed before = removed;
    removed =
        new LogFront.Removed(before.segments() + now.segments(), before.bytes() + now.bytes());
  }

  private void wake() {
    if (idle || (gathers && Gathering.isEnough(filling.size()))) {
      idle = false;
      gathers = false;
      work.signal();
    }
  }

  private void runToTheEnd() {
    try {
      run();
    } catch (RuntimeException | Error e) {
      FailureLog.say(LOG, "the log's thread died: nothing can be taken in any more", e);
      IOException reason = asFailure(e);
      failure = reason;
      finish(reason);
    }
  }

  private void run() {
    boolean last = false;
    while (!last) {
      last = takeFilling();
      boolean written = write();
      while (!written) {
        boolean closing = pauseUnlessClosing();
        written = write();
        if (!written) {
          refuseFilling(failure);
          if (closing) {
            finish(failure);
            return;
          }
        }
      }
    }
    finish(null);
  }

  /** Waits for records, and takes them; whether no others will come. */
  private boolean takeFilling() {
    lock.lock();
    try {
      while (filling.isEmpty() && state == State.RUNNING) {
        idle = true; // tells those who append that a signal is needed
        work.awaitUninterruptibly();
      }
      idle = false;
      gather();
      PendingRecords taken = filling;
      filling = writing;
      writing = taken;
      room.signalAll();
      return state == State.CLOSING;
    } finally {
      lock.unlock();
    }
  }

  /** Waits for other records where experience says that they come, so that one force serves all. */
  private void gather() {
    int before = filling.waiting();
    long nanos = gathering.pauseNanos(System.nanoTime(), filling.size());
    if (nanos > 0) {
      gathers = true;
      await(nanos, true);
      gathers = false;
      gathering.gathered(before, filling.waiting());
    }
  }

  /**
   * Writes, forces and calls back; false where that failed. Whatever is thrown is a failure as the
   * disk's are: what could not be written is tried again, and who waits for it is told.
   */
  private boolean write() {
    IOException reason = attempt();
    failure = reason;
    if (reason != null) {
      callBack(reason);
      runAfterwards(false); // the next one may be long in coming
      return false;
    }
    try {
      together.accept(callBackCommitted);
    } catch (RuntimeException | Error e) {
      FailureLog.say(LOG, "what calls back those whose records were forced failed", e);
    }
    callBack(null); // those whom it did not get to
    runAfterwards(anotherFollows());
    writing.clear();
    return true;
  }

  /** Why it failed; null where it did not. */
  private @Nullable IOException attempt() {
    try {
      PendingRecords records = writing;
      if (records.size() > 0) {
        int before = writer.number();
        long started = System.nanoTime();
        gathering.forcing(started);
        long grown = writer.write(records.bytes(), firstSequence(records));
        forces.recordSince(started);
        LogStatistics s = statistics;
        statistics =
            new LogStatistics(
                records.lastSequence(),
                s.bytes() + grown,
                s.segments() + writer.number() - before,
                s.forces() + 1);
      }
      return null;
    } catch (IOException e) {
      return e;
    } catch (RuntimeException | Error e) {
      FailureLog.say(LOG, "writing the log failed, though not for the disk: it is tried again", e);
      return asFailure(e);
    }
  }

  private IOException asFailure(Throwable e) {
    try {
      return new IOException(e.toString(), e);
    } catch (OutOfMemoryError toSaySo) {
      return noMemory;
    }
  }

  private void callBackCommitted() {
    callBack(null);
  }

  /** Calls all back who wait for what is being written. */
  private void callBack(@Nullable IOException reason) {
    for (LogCallback next = writing.takeWaiting(); next != null; next = writing.takeWaiting()) {
      callBack(next, reason);
    }
  }

  /** One that throws must not keep the others from their answer, nor end this thread. */
  private static void callBack(LogCallback waiting, @Nullable IOException failure) {
    try {
      if (failure == null) {
        waiting.committed();
      } else {
        waiting.failed(failure);
      }
    } catch (RuntimeException | Error e) {
      FailureLog.say(LOG, "a callback of the log failed", e);
    }
  }

  private void runAfterwards(boolean anotherFollows) {
    try {
      afterwards.forced(anotherFollows);
    } catch (RuntimeException | Error e) {
      FailureLog.say(LOG, "what follows a force of the log failed", e);
    }
  }

  private boolean anotherFollows() {
    lock.lock();
    try {
      return state == State.RUNNING && filling.size() > 0;
    } finally {
      lock.unlock();
    }
  }

  private static long firstSequence(PendingRecords records) {
    return records.bytes().order(java.nio.ByteOrder.LITTLE_ENDIAN).getLong(8);
  }

  /** Tells those whose records came since a failure that it lasts; the records stay. */
  private void refuseFilling(@Nullable IOException reason) {
    lock.lock();
    try {
      writing.takeWaitingOf(filling);
    } finally {
      lock.unlock();
    }
    callBack(reason);
  }

  /**
   * After a failure: waits a while.
   *
   * @return whether the log is being closed, so that there will be one other attempt only
   */
  private boolean pauseUnlessClosing() {
    lock.lock();
    try {
      room.signalAll();
      await(options.retryInterval().toNanos(), false);
      return state == State.CLOSING;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits on {@link #work}, for so long at most, until the log is being closed or, where {@code
   * whileGathers}, there is enough to force.
   */
  private void await(long atMostNanos, boolean whileGathers) {
    long nanos = atMostNanos;
    boolean interrupted = false;
    while (nanos > 0 && state == State.RUNNING && (gathers || !whileGathers)) {
      try {
        nanos = work.awaitNanos(nanos);
      } catch (InterruptedException e) {
        interrupted = true; // nobody has a reason to; the flag is kept for whoever does
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void finish(@Nullable IOException reason) {
    IOException problem = reason;
    try {
      writer.close();
    } catch (IOException e) {
      problem = problem == null ? e : problem;
    } catch (RuntimeException | Error e) {
      problem = problem == null ? asFailure(e) : problem;
    }
    lock.lock();
    try {
      state = State.CLOSED;
      closeFailure = problem;
      room.signalAll();
    } finally {
      lock.unlock();
    }
    IOException answer = problem == null ? new IOException("the log is closed") : problem;
    callBack(answer);
    refuseFilling(answer);
  }

  /**
   * Writes and forces what is pending, calls everybody back, and closes the files. Doing it again
   * has no effect.
   *
   * @throws IOException where the last records could not be written: they are lost
   */
  @Override
  public void close() throws IOException {
    lock.lock();
    try {
      if (state == State.RUNNING) {
        state = State.CLOSING;
        idle = false;
        work.signal();
      }
    } finally {
      lock.unlock();
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join(TimeUnit.SECONDS.toMillis(1));
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    IOException problem = closeFailure;
    if (problem != null) {
      closeFailure = null;
      throw problem;
    }
  }
}
