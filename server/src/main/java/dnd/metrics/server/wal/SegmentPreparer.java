package dnd.metrics.server.wal;

import dnd.metrics.server.disk.DiskPace;
import dnd.metrics.server.disk.Portions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes the log's next file on a thread of its own, filled with zeros and forced, so that the log
 * never waits for it: a file that is not ready when it is wanted is done without. It has a small
 * share of the disk ({@link DiskPace}) until it is {@linkplain #hurry wanted soon}.
 *
 * <p>The lock of this object guards its fields; no file is touched under it but for the renaming.
 */
final class SegmentPreparer {
  static final String PREPARED = "next.prepared";

  private final LogFiles files;
  private @Nullable Thread working;
  private long readyBytes;
  private volatile boolean hurried;
  private volatile boolean closed;

  SegmentPreparer(LogFiles files) {
    this.files = files;
  }

  /** Begins to make a file of that size unless there is one, finished or not. */
  synchronized void prepare(long bytes) {
    if (working == null && readyBytes == 0 && !closed) {
      hurried = false;
      try {
        working = Thread.ofPlatform().name("log-preparer").daemon().start(() -> make(bytes));
      } catch (OutOfMemoryError noThread) {
        // The log goes on without such a file, and asks for one again with the next write.
      }
    }
  }

  private void make(long bytes) {
    boolean made = false;
    try {
      made = isFilled(bytes);
      if (!made) {
        deleteQuietly();
      }
    } finally {
      synchronized (this) {
        working = null;
        readyBytes = made ? bytes : 0;
        notifyAll();
      }
    }
  }

  private boolean isFilled(long bytes) {
    DiskPace pace = new DiskPace(() -> hurried || closed);
    try (LogFile file = new LargeLogFile(files.create(PREPARED), pace)) {
      return fillWithZeros(file, bytes, () -> closed);
    } catch (IOException e) {
      return false; // no room for zeros: the log goes on without, and meets the full disk itself
    }
  }

  private void deleteQuietly() {
    try {
      files.delete(PREPARED);
    } catch (IOException e) {
      // It is overwritten by the next attempt, and ignored by readers.
    }
  }

  /** The file will be wanted soon, or is already. */
  void hurry() {
    hurried = true;
  }

  /**
   * Fills a file from its beginning.
   *
   * @param isOver whether it is not wanted any more
   * @return whether it is filled, and forced
   */
  static boolean fillWithZeros(LogFile file, long bytes, BooleanSupplier isOver)
      throws IOException {
    ByteBuffer zeros = ByteBuffer.allocate((int) Math.min(bytes, Portions.BYTES));
    for (long at = 0; at < bytes; at += zeros.limit()) {
      if (isOver.getAsBoolean()) {
        return false;
      }
      zeros.clear().limit((int) Math.min(Portions.BYTES, bytes - at));
      file.write(zeros, at);
    }
    file.force();
    return true;
  }

  synchronized boolean isReady() {
    return readyBytes > 0;
  }

  /**
   * Gives the prepared file the name {@code name}.
   *
   * @return its size; 0 where none is ready
   */
  synchronized long take(String name) throws IOException {
    long bytes = readyBytes;
    if (bytes > 0) {
      readyBytes = 0;
      files.rename(PREPARED, name);
    }
    return bytes;
  }

  /** Ends work under way, and removes what is not used. */
  synchronized void close() throws IOException {
    closed = true;
    boolean interrupted = false;
    while (working != null) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (readyBytes > 0) {
      readyBytes = 0;
      files.delete(PREPARED);
    }
  }
}
