package dnd.metrics.server.head;

import dnd.metrics.server.block.SeriesCursor;
import dnd.metrics.server.chunk.ChunkEncoder;
import dnd.metrics.server.chunk.EncodedChunk;
import dnd.metrics.server.model.Labels;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Hands one range of a cut to a block's writer. Chunks go as they are; of a series with samples
 * that came out of order in the range, all its samples there are encoded anew, in order.
 */
final class CutCursor implements SeriesCursor {
  private static final int SERIES_BETWEEN_CHECKS = 1024;

  private final Head head;
  private final List<SeriesCut> cuts;
  private final long fromMillis;
  private final long toMillis;
  private final Set<SeriesCut> damaged;
  private int next;
  private @Nullable SeriesCut current;
  private FinishedChunks chunks = FinishedChunks.NONE;
  private int nextChunk;
  private int endChunk;
  private @Nullable ChunkEncoder encoder;

  /**
   * @param cuts sorted by labels
   * @param toMillis not included
   * @param damaged takes those that are passed over, since they cannot be read
   */
  CutCursor(
      Head head, List<SeriesCut> cuts, long fromMillis, long toMillis, Set<SeriesCut> damaged) {
    this.head = head;
    this.cuts = cuts;
    this.fromMillis = fromMillis;
    this.toMillis = toMillis;
    this.damaged = damaged;
  }

  @Override
  public boolean next() throws HeadUnavailableException {
    while (next < cuts.size()) {
      if (next % SERIES_BETWEEN_CHECKS == 0) {
        head.checkAvailable(); // who stops the service does not wait for a block
      }
      SeriesCut cut = cuts.get(next++);
      if (cut.hasSamples(fromMillis, toMillis) && open(cut)) {
        current = cut;
        return true;
      }
    }
    current = null;
    return false;
  }

  private boolean open(SeriesCut cut) {
    try {
      chunks = cut.chunks(fromMillis, toMillis, head.chunkStore());
      nextChunk = chunks.firstBeginning(fromMillis);
      endChunk = chunks.firstBeginning(toMillis);
      chunks.check(nextChunk, endChunk, head.chunkStore());
      encoder =
          cut.hasLate(fromMillis, toMillis)
              ? new ChunkEncoder(cut.series().read(fromMillis, toMillis - 1))
              : null;
    } catch (DamagedSeriesException e) {
      head.directory().noteDamaged(cut.series(), e);
      damaged.add(cut);
      return false;
    }
    return true;
  }

  @Override
  public Labels labels() {
    SeriesCut cut = current;
    if (cut == null) {
      throw new NoSuchElementException();
    }
    return cut.series().labels();
  }

  @Override
  public @Nullable EncodedChunk nextChunk() {
    if (current == null) {
      throw new NoSuchElementException();
    }
    ChunkEncoder anew = encoder;
    if (anew != null) {
      return anew.next();
    }
    return nextChunk < endChunk ? chunks.encoded(nextChunk++) : null;
  }
}
