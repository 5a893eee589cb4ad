package dnd.metrics.server.head;

import dnd.metrics.server.head.CheckpointReader.Summary;
import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a checkpoint whenever the log has grown enough since the last one: by as much as a replay
 * may take, and by as much as the checkpoint itself, so that checkpoints write no more than the log
 * does. Cuts ranges into blocks when one is over, and writes a checkpoint then too, without which
 * the head would have their samples again after a start. Its thread looks once a second.
 *
 * <p>{@code lock} guards the thread's fields and is not held while anything is written. {@code
 * work} lets one thing at a time be done; it comes before all other locks.
 */
final class HeadMaintenance implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(HeadMaintenance.class);
  private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** After a failure it waits longer, up to this. */
  private static final long LONGEST_PERIOD_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Head head;
  private final long checkpointBytes;

  private final ReentrantLock work = new ReentrantLock();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition closing = lock.newCondition();
  private @Nullable Thread thread;
  private boolean closed;

  /** How large the last checkpoint is, and how much the log had held when it was begun. */
  private volatile long lastBytes;

  private volatile long logBytesThen;

  private final AtomicLong checkpoints = new AtomicLong();
  private final AtomicLong blocksCut = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();

  /**
   * @param uncoveredBytes what the log holds that no checkpoint can be relied on for
   */
  HeadMaintenance(
      Head head, HeadOptions options, @Nullable Summary checkpoint, long uncoveredBytes) {
    this.head = head;
    this.checkpointBytes = options.checkpointBytes();
    this.lastBytes = checkpoint == null ? 0 : checkpoint.bytes();
    this.logBytesThen = head.log().bytesEver() - uncoveredBytes;
  }

  void start(@Nullable BlockSink blocks) {
    lock.lock();
    try {
      if (thread == null && !closed) {
        thread = Thread.ofPlatform().name("head").daemon().start(() -> run(blocks));
      }
    } finally {
      lock.unlock();
    }
  }

  private void run(@Nullable BlockSink blocks) {
    long period = PERIOD_NANOS;
    while (awaitClosed(period)) {
      try {
        runOnce(blocks);
        period = PERIOD_NANOS;
      } catch (IOException | RuntimeException e) {
        failures.incrementAndGet();
        if (period == PERIOD_NANOS && !isClosed()) {
          LOG.warn("blocks or checkpoints cannot be written, the log grows meanwhile", e);
        }
        period = Math.min(LONGEST_PERIOD_NANOS, 2 * period);
      }
    }
  }

  /** False where it is to end. */
  private boolean awaitClosed(long nanos) {
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

  private boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  HeadStatus.Maintenance figures() {
    return new HeadStatus.Maintenance(
        checkpoints.get(), lastBytes, blocksCut.get(), failures.get());
  }

  /** Does what is due. */
  private void runOnce(@Nullable BlockSink blocks) throws IOException {
    if (blocks != null && head.hasRangeToCut()) {
      cut(blocks);
    }
    long grown = head.log().bytesEver() - logBytesThen;
    if (grown >= Math.max(checkpointBytes, lastBytes)) {
      checkpoint();
    }
  }

  int cut(BlockSink blocks) throws IOException {
    work.lock();
    try {
      int count = head.writeBlocks(blocks);
      blocksCut.addAndGet(count);
      if (count > 0) {
        checkpoint();
      }
      return count;
    } finally {
      work.unlock();
    }
  }

  void checkpoint() throws IOException {
    work.lock();
    try {
      long then = head.log().bytesEver();
      lastBytes = head.writeCheckpoint().bytes();
      logBytesThen = then;
      checkpoints.incrementAndGet();
    } finally {
      work.unlock();
    }
  }

  /** Waits for what is being done, which ends soon. */
  @Override
  public void close() {
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
