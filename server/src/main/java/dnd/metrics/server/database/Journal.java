package dnd.metrics.server.database;

import dnd.metrics.server.disk.DiskPace;
import dnd.metrics.server.wal.LogCallback;
import dnd.metrics.server.wal.LogEnd;
import dnd.metrics.server.wal.LogFiles;
import dnd.metrics.server.wal.LogFront;
import dnd.metrics.server.wal.LogOptions;
import dnd.metrics.server.wal.LogReplay;
import dnd.metrics.server.wal.RecordBytes;
import dnd.metrics.server.wal.WriteAheadLog;
import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The journal in front of the tables: takes writes, says when they are on disk, and hands them on
 * in their order through a {@link WriteQueue}. Safe for use by several threads. It is a {@link
 * WriteAheadLog} of its own, from whose front the files are removed whose writes are all in the
 * tables. Format: docs/format/journal.md.
 *
 * <p>{@code order} makes the order in the queue that of the log. It is taken before the lock of the
 * log and that of the queue, and never held while the disk is waited for.
 */
final class Journal implements Closeable {
  /** Small, since a restart applies once more what the last file holds. */
  static final LogOptions OPTIONS = LogOptions.DEFAULT.withSegmentBytes(8L << 20);

  /** More than this in one write is a mistake of whoever writes. */
  static final int MAX_WRITE_BYTES = 64 << 20;

  /** While the disk fails no more than this waits for it in memory. */
  static final int MAX_WAITING_BYTES = 64 << 20;

  private final Object order = new Object();
  private final LogFiles files;
  private final WriteAheadLog log;
  private final WriteQueue queue;
  private volatile boolean closed;

  /** Of the writes that are not on disk. */
  private final AtomicLong waitingBytes = new AtomicLong();

  /**
   * Opens the journal and puts all that it holds into {@code queue}.
   *
   * @param damages is told of each damage that is found, a line each
   */
  Journal(LogFiles files, LogOptions options, WriteQueue queue, Consumer<String> damages)
      throws IOException {
    this.files = files;
    this.queue = queue;
    LogReplay replay =
        new LogReplay(files, damage -> damages.accept(damage.toString()), bytes -> {});
    LogEnd end =
        replay.runFromOldest((sequence, bytes, offset, length) -> {
          byte[] record = new byte[length];
          System.arraycopy(bytes, offset, record, 0, length);
          queue.add(sequence, new RecordBytes(record));
        });
    queue.beginAfter(end.lastSequence());
    this.log = new WriteAheadLog(files, options, end);
  }

  /**
   * Returns when the write is on disk.
   *
   * @throws NotTakenException where too much waits for a disk that fails
   * @throws IOException where it is not: it stays in memory and is tried again
   */
  void write(JournalRecord record) throws IOException {
    RecordBytes bytes = record.encode();
    if (bytes.length() > MAX_WRITE_BYTES) {
      throw new IllegalArgumentException(
          "a write of %d bytes: more than %d".formatted(bytes.length(), MAX_WRITE_BYTES));
    }
    Durability durability = new Durability(bytes.length());
    synchronized (order) {
      if (closed) {
        throw new IOException("the journal is closed");
      }
      checkRoom(bytes.length());
      queue.add(log.lastSequence() + 1, bytes); // first: what is in the log must get to the tables
      try {
        log.append(bytes, durability);
      } catch (RuntimeException | Error e) {
        queue.removeLast();
        throw e;
      }
      // Behind it: it may be on the disk already, and then it is even again.
      waitingBytes.addAndGet(bytes.length());
    }
    durability.await();
  }

  private void checkRoom(int length) throws NotTakenException {
    IOException reason = log.unavailable();
    long waiting = waitingBytes.get();
    if (reason != null && waiting + length > MAX_WAITING_BYTES) {
      throw new NotTakenException(
          "the journal cannot be written, and %d bytes wait for it in memory: %s"
              .formatted(waiting, reason.getMessage()),
          reason);
    }
  }

  /** Waits for one record, and lets the queue know of all that are durable with it. */
  private final class Durability implements LogCallback {
    private final CountDownLatch known = new CountDownLatch(1);
    private final int length;
    private volatile @Nullable IOException failure;

    Durability(int length) {
      this.length = length;
    }

    @Override
    public void committed() {
      waitingBytes.addAndGet(-length);
      queue.durableThrough(log.statistics().durableSequence());
      known.countDown();
    }

    @Override
    public void failed(IOException reason) {
      if (known.getCount() > 0) {
        failure = reason;
        known.countDown();
      }
      if (!closed) {
        log.whenDurable(this); // so that the tables get it, also when nothing follows
      }
    }

    void await() throws IOException {
      boolean interrupted = false;
      while (true) {
        try {
          known.await();
          break;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      IOException reason = failure;
      if (reason != null) {
        throw new IOException("the journal cannot be written: " + reason.getMessage(), reason);
      }
    }
  }

  /** Why nothing can be written at present; null when all is well. */
  @Nullable IOException unavailable() {
    return log.unavailable();
  }

  /** Removes the files whose writes are all in the tables, and durable there. */
  void removeThrough(long sequence) throws IOException {
    LogFront.remove(files, sequence, DiskPace.UNPACED); // tables wait
  }

  /** Writes what is pending. Doing it again has no effect. */
  @Override
  public void close() throws IOException {
    synchronized (order) {
      closed = true;
    }
    log.close();
  }

  /** After {@link #close}, and only where all writes are in the tables: leaves no file behind. */
  void removeAll() throws IOException {
    LogFront.removeAll(files);
  }
}
