package dnd.metrics.server.block;

import dnd.metrics.server.chunk.ChunkEncoder;
import dnd.metrics.server.chunk.EncodedChunk;
import dnd.metrics.server.model.Labels;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.IntIterator;

/**
 * A block's series in order. Chunks come as they are, but of a series of which something is
 * deleted: that is encoded anew. For one thread.
 */
final class BlockCursor implements SeriesCursor {
  private final Block block;
  private final IntIterator references;
  private Labels labels = Labels.empty();
  private @Nullable SeriesEntry entry;
  private @Nullable ChunkEncoder anew;

  BlockCursor(Block block, IntIterator references) {
    this.block = block;
    this.references = references;
  }

  @Override
  public boolean next() {
    if (!references.hasNext()) {
      entry = null;
      anew = null;
      return false;
    }
    int reference = references.next();
    SeriesEntry current = block.index().series(reference);
    labels = current.labels();
    if (block.tombstones().of(reference).isEmpty()) {
      entry = current.startChunks();
      anew = null;
    } else {
      entry = null;
      anew = new ChunkEncoder(new BlockReader(block, reference, Long.MIN_VALUE, Long.MAX_VALUE));
    }
    return true;
  }

  @Override
  public Labels labels() {
    return labels;
  }

  @Override
  public @Nullable EncodedChunk nextChunk() {
    if (anew != null) {
      return anew.next();
    }
    SeriesEntry current = entry;
    if (current == null || !current.nextChunk()) {
      return null;
    }
    return block
        .chunks()
        .chunk(
            new ChunkEntry(current.firstMillis(), current.lastMillis(), current.chunkReference()));
  }
}
