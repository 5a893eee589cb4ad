package dnd.metrics.server.block;

import dnd.metrics.server.chunk.Chunk;
import dnd.metrics.server.model.SampleBatch;
import dnd.metrics.server.model.SampleReader;
import java.util.List;

/** Reads a series in a block, chunk by chunk. For one thread. */
final class BlockReader implements SampleReader {
  private final ChunkSegments chunks;
  private final SeriesEntry entry;
  private final List<DeletedSpan> deleted;
  private final long fromMillis;
  private final long toMillis;

  /** Whether the samples before the next chunk are deleted. */
  private boolean gap;

  BlockReader(Block block, int reference, long fromMillis, long toMillis) {
    this.chunks = block.chunks();
    this.entry = block.index().series(reference).startChunks();
    this.deleted = block.tombstones().of(reference);
    this.fromMillis = fromMillis;
    this.toMillis = toMillis;
  }

  @Override
  public boolean next(SampleBatch batch) {
    while (entry.nextChunk()) {
      if (entry.firstMillis() > toMillis) {
        break;
      }
      if (entry.lastMillis() < fromMillis) {
        continue;
      }
      if (isDeleted()) {
        gap = true;
        continue;
      }
      decode(entry.chunkReference(), batch);
      boolean follows = gap;
      gap = endsDeleted();
      if (entry.firstMillis() < fromMillis || entry.lastMillis() > toMillis) {
        batch.keepBetween(fromMillis, toMillis);
      }
      for (DeletedSpan span : deleted) {
        batch.removeBetween(span.firstMillis(), span.lastMillis());
      }
      if (follows) {
        batch.forgetNoReset(0);
      }
      if (batch.size > 0) {
        return true;
      }
    }
    batch.clear();
    return false;
  }

  private boolean isDeleted() {
    for (DeletedSpan span : deleted) {
      if (span.contains(entry.firstMillis()) && span.contains(entry.lastMillis())) {
        return true;
      }
    }
    return false;
  }

  private boolean endsDeleted() {
    for (DeletedSpan span : deleted) {
      if (span.contains(entry.lastMillis())) {
        return true;
      }
    }
    return false;
  }

  private void decode(long reference, SampleBatch batch) {
    byte[] bytes = chunks.copy(reference);
    try {
      Chunk.decode(bytes[0], bytes, 1, bytes.length - 1, batch);
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw chunks.damage(reference, e);
    }
  }
}
