package dnd.metrics.server.head;

import dnd.metrics.server.disk.DiskPace;
import dnd.metrics.server.head.CheckpointReader.Summary;
import dnd.metrics.server.model.DurationHistogram;
import dnd.metrics.server.upkeep.Upkeep;
import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a checkpoint whenever the log has grown enough since the last one: by as much as a replay
 * may take, and by a quarter of the checkpoint itself, so that checkpoints write no more than four
 * times what the log does. Cuts ranges into blocks when one is over, and writes a checkpoint then
 * too, without which the head would have their samples again after a start; none while a series is
 * damaged, which would be missing in it. Moves finished chunks out of the heap, those of series
 * that have become silent too, and where the older ones of all series are. Its thread looks once a
 * second.
 *
 * <p>{@code work} lets one thing at a time be done; it comes before all other locks.
 */
final class HeadMaintenance implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(HeadMaintenance.class);

  /** Checkpoints may write so many times what the log does, so that the next start is short. */
  private static final int LOG_PER_CHECKPOINT = 4;

  /**
   * After a start, series that the log had samples of are made so many a second, so that who asks
   * then does not wait; only then the checkpoint is written that makes the next start short.
   */
  private static final int PENDING_AT_ONCE = 50_000;

  /**
   * What comes late for ranges that were cut waits so long for others, and no longer. It does not
   * wait where it is of senders who are all behind, and have sent all of a range by now.
   */
  private static final long LATE_CUT_NANOS = TimeUnit.MINUTES.toNanos(10);

  /** So often series are looked through for what need not be in the heap, and files unloaded. */
  private static final long SPARE_NANOS = TimeUnit.MINUTES.toNanos(2);

  /** So many files of chunks may stay in this process' memory once queries have read them. */
  private static final int LOADED_FILES = 32;

  private final Head head;
  private final long checkpointBytes;

  private final ReentrantLock work = new ReentrantLock();
  private final Upkeep upkeep =
      new Upkeep("head", TimeUnit.SECONDS.toNanos(1), TimeUnit.MINUTES.toNanos(1));

  /** For what is done because it is due; what somebody asks for is done as fast as it can be. */
  private final DiskPace pace = new DiskPace(this::isAwaited);

  /** How large the last checkpoint is, and how much the log had held when it was begun. */
  private volatile long lastBytes;

  private volatile long logBytesThen;

  private final long logBytesAtStart;

  /** When all that was over was last cut, or the head was opened. */
  private volatile long lastCutNanos = System.nanoTime();

  /** Up to where those who are behind were last cut since then; once, whatever comes later. */
  private volatile long caughtUpMillis = Long.MIN_VALUE;

  private volatile long lastSparedNanos = System.nanoTime();

  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicLong checkpoints = new AtomicLong();
  private final AtomicLong blocksCut = new AtomicLong();
  private final DurationHistogram checkpointDurations = new DurationHistogram();
  private final DurationHistogram cutDurations = new DurationHistogram();

  /**
   * @param uncoveredBytes what the log holds that no checkpoint can be relied on for
   */
  HeadMaintenance(
      Head head, HeadOptions options, @Nullable Summary checkpoint, long uncoveredBytes) {
    this.head = head;
    this.checkpointBytes = options.checkpointBytes();
    this.lastBytes = checkpoint == null ? 0 : checkpoint.bytes();
    this.logBytesAtStart = head.log().bytesEver();
    this.logBytesThen = logBytesAtStart - uncoveredBytes;
  }

  void start(@Nullable BlockSink blocks) {
    upkeep.start(
        () -> runOnce(blocks),
        e ->
            LOG.warn(
                "blocks, checkpoints or files of chunks cannot be written, log and memory grow meanwhile",
                e));
  }

  HeadStatus.Maintenance figures() {
    return new HeadStatus.Maintenance(
        checkpoints.get(),
        lastBytes,
        blocksCut.get(),
        upkeep.failures(),
        head.chunkStore().fileCount(),
        head.chunkStore().fileBytes(),
        head.directory().parkedCount(),
        head.directory().damagedCount(),
        head.chunkStore().mendedCount());
  }

  long checkpointCount() {
    return checkpoints.get();
  }

  /** How long each checkpoint took. */
  DurationHistogram checkpointDurations() {
    return checkpointDurations;
  }

  /** How long it took each time to cut what was to be cut. */
  DurationHistogram cutDurations() {
    return cutDurations;
  }

  /** Does what is due. */
  private void runOnce(@Nullable BlockSink blocks) throws IOException {
    try {
      if (System.nanoTime() - lastSparedNanos >= SPARE_NANOS) {
        spareHeap();
      }
      if (head.chunkStore().isDue()) {
        storeChunks(pace);
      }
    } finally { // a cut makes room, too
      cutAndCheckpoint(blocks);
    }
  }

  private void spareHeap() throws IOException {
    lastSparedNanos = System.nanoTime();
    head.directory().lookAtDamaged(); // for who looks at the figures
    try {
      finishSilent(SilentSeries.beforeMillis(head.newestMillis(), head.futureMillis()));
      listChunks(ChunkLists.AT_HAND, ChunkLists.LEAST, pace);
    } finally {
      head.chunkStore().unloadAllBut(LOADED_FILES);
    }
  }

  private void cutAndCheckpoint(@Nullable BlockSink blocks) throws IOException {
    boolean pending = head.makePending(PENDING_AT_ONCE);
    if (blocks != null) {
      cutWhatIsDue(blocks);
    }
    long grown = head.log().bytesEver() - (pending ? logBytesAtStart : logBytesThen);
    if (grown >= Math.max(checkpointBytes, lastBytes / LOG_PER_CHECKPOINT)) {
      checkpointIfWhole(pace);
    }
  }

  private void cutWhatIsDue(BlockSink blocks) throws IOException {
    if (head.hasRangeToCut() || (isTimeForLate() && head.hasLateToCut())) {
      cut(blocks, Long.MAX_VALUE, pace);
      return;
    }
    long caughtUp = head.caughtUpMillis();
    if (caughtUp > caughtUpMillis) {
      cut(blocks, caughtUp, pace);
      caughtUpMillis = caughtUp;
    }
  }

  private boolean isTimeForLate() {
    return System.nanoTime() - lastCutNanos >= LATE_CUT_NANOS;
  }

  /** Whether somebody wants to do something himself, or wants us to end. */
  private boolean isAwaited() {
    return waiting.get() > 0 || work.hasQueuedThreads() || upkeep.isClosed();
  }

  /** Somebody waits for a checkpoint that may be under way, until {@link #endWaiting}. */
  void beginWaiting() {
    waiting.incrementAndGet();
  }

  void endWaiting() {
    waiting.decrementAndGet();
  }

  int cut(BlockSink blocks) throws IOException {
    return cut(blocks, Long.MAX_VALUE, DiskPace.UNPACED);
  }

  /**
   * @param atMostMillis the longest for all that is over
   */
  private int cut(BlockSink blocks, long atMostMillis, DiskPace pace) throws IOException {
    work.lock();
    try {
      long started = System.nanoTime();
      if (atMostMillis == Long.MAX_VALUE) {
        lastCutNanos = started;
        caughtUpMillis = Long.MIN_VALUE;
      }
      int count = head.writeBlocks(blocks, atMostMillis, pace);
      blocksCut.addAndGet(count);
      if (count > 0) {
        cutDurations.recordSince(started);
        checkpointIfWhole(pace);
      }
      return count;
    } finally {
      work.unlock();
    }
  }

  /** Moves all finished chunks out of the heap. */
  void storeChunks() throws IOException {
    head.chunkStore().endFile();
    storeChunks(DiskPace.UNPACED);
  }

  private void storeChunks(DiskPace pace) throws IOException {
    work.lock();
    try {
      head.chunkStore().store(pace, head::isClosed);
      head.chunkStore().removeUnused();
    } finally {
      work.unlock();
    }
  }

  /** Finishes the open chunks of series that have no sample since a time. */
  void finishSilent(long beforeMillis) {
    work.lock();
    try {
      new SilentSeries(head, beforeMillis).finish();
    } finally {
      work.unlock();
    }
  }

  /** Puts older finished chunks into lists. */
  void listChunks(int atHand, int least) throws IOException {
    listChunks(atHand, least, DiskPace.UNPACED);
  }

  private void listChunks(int atHand, int least, DiskPace pace) throws IOException {
    work.lock();
    try {
      new ChunkLists(head, pace, atHand, least).make();
    } finally {
      work.unlock();
    }
  }

  void checkpoint() throws IOException {
    try {
      checkpoint(DiskPace.UNPACED);
    } catch (DamagedSeriesException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /**
   * Writes a checkpoint where no series is damaged, which would be missing in it: those from before
   * and the log bring that back. It was told when that was found, and the log is to grow until
   * then.
   */
  private void checkpointIfWhole(DiskPace pace) throws IOException {
    if (head.directory().lookAtDamaged() == 0) {
      try {
        checkpoint(pace);
      } catch (DamagedSeriesException e) {
        LOG.debug("no checkpoint is written", e);
      }
    }
  }

  private void checkpoint(DiskPace pace) throws IOException {
    work.lock();
    try {
      long started = System.nanoTime();
      long then = head.log().bytesEver();
      lastBytes = head.writeCheckpoint(pace).bytes();
      logBytesThen = then;
      checkpoints.incrementAndGet();
      checkpointDurations.recordSince(started);
      head.chunkStore().removeUnused();
    } finally {
      work.unlock();
    }
  }

  /** Waits for what is being done, which ends soon. */
  @Override
  public void close() {
    upkeep.close();
  }
}
