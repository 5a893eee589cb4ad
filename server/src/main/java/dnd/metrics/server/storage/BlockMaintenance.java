package dnd.metrics.server.storage;

import dnd.metrics.server.disk.RemovalFailures;
import dnd.metrics.server.model.DurationHistogram;
import dnd.metrics.server.upkeep.Upkeep;
import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compacts and downsamples what there is, on a thread of its own that looks every ten seconds: in
 * turns, so that where there is much of both, neither waits for the other's end. While it fails, as
 * on a full disk, it says so once and tries less often.
 */
public final class BlockMaintenance implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(BlockMaintenance.class);

  private final Downsampler downsampler;
  private final Compactor compactor;
  private final DurationHistogram durations = new DurationHistogram();
  private final AtomicLong removalFailures = new AtomicLong();

  /** Whether the last removal failed, which was said then; for the thread. */
  private boolean removalFails;

  private final Upkeep upkeep =
      new Upkeep("blocks", TimeUnit.SECONDS.toNanos(10), TimeUnit.MINUTES.toNanos(5));

  public BlockMaintenance(Downsampler downsampler, Compactor compactor) {
    this.downsampler = downsampler;
    this.compactor = compactor;
  }

  public void start() {
    upkeep.start(
        this::compactAll,
        e -> LOG.warn("blocks cannot be compacted, they stay as they are meanwhile", e));
  }

  private void compactAll() throws IOException {
    boolean more = true;
    while (more && !upkeep.isClosed()) {
      long started = System.nanoTime();
      more = takeTurn();
      if (more) {
        durations.recordSince(started);
      }
    }
  }

  /**
   * Removes what was replaced and is not read any more, as far as that can be; then one compaction,
   * and one downsampled block of what is then there.
   *
   * @return whether something was done: there may be more then
   */
  boolean takeTurn() throws IOException {
    removeUnread();
    boolean compacted;
    try {
      compacted = compactor.compact(downsampler::waiting);
    } catch (IOException e) {
      try { // which may take less room, and something may go when it is done
        downsampler.downsample();
      } catch (IOException again) {
        e.addSuppressed(again);
      }
      throw e;
    }
    return downsampler.downsample() || compacted;
  }

  /** What cannot be removed only takes room: it is said once, and nothing else waits for it. */
  private void removeUnread() {
    RemovalFailures failures = new RemovalFailures();
    try {
      compactor.removeUnread();
    } catch (IOException e) {
      failures.add(e);
    }
    try {
      downsampler.removeUnread();
    } catch (IOException e) {
      failures.add(e);
    }
    IOException failure = failures.first();
    if (failure != null) {
      removalFailures.incrementAndGet();
      if (!removalFails) {
        LOG.warn("a block that was replaced cannot be removed, it takes room meanwhile", failure);
      }
    }
    removalFails = failure != null;
  }

  /** How long compactions and removals took that came to their end. */
  public DurationHistogram durations() {
    return durations;
  }

  /** How often one could not be done, and is tried again. */
  public long failures() {
    return upkeep.failures() + removalFailures.get();
  }

  /** Breaks off the compaction that runs, if any: it begins anew another time. */
  @Override
  public void close() {
    downsampler.stop();
    compactor.stop();
    upkeep.close();
  }
}
