package dnd.metrics.server.head;

import dnd.metrics.server.chunk.Chunk;
import dnd.metrics.server.chunk.ChunkEncoder;
import dnd.metrics.server.chunk.EncodedChunk;
import dnd.metrics.server.model.SampleBatch;
import java.util.BitSet;
import java.util.function.Consumer;

/**
 * The chunks of one series without the samples between two times, both included. Chunks in that
 * time, and the one behind it, are encoded anew; others stay as they are. For one thread.
 */
final class ChunkRemainder {
  private final long fromMillis;
  private final long toMillis;
  private final ChunkStore store;
  private final FinishedChunks.Builder chunks = new FinishedChunks.Builder();
  private final BitSet replaced = new BitSet();

  /** When the last chunk ends of those that are left. */
  private long lastMillis;

  /** Whether something of the chunk before was deleted. */
  private boolean gap;

  /**
   * @param store takes what is encoded anew
   */
  ChunkRemainder(long fromMillis, long toMillis, ChunkStore store) {
    this.store = store;
    this.fromMillis = fromMillis;
    this.toMillis = toMillis;
  }

  /** What is left of the chunks that were added, in order. */
  FinishedChunks chunks() {
    return chunks.size() == 0 ? FinishedChunks.NONE : chunks.build(lastMillis);
  }

  /** Adds what is left of a chunk that was looked at; whether it is another one now. */
  boolean add(FinishedChunks all, int i) {
    long chunkLastMillis = all.lastMillis(i);
    if (!isTouched(all.firstMillis(i), chunkLastMillis)) {
      chunks.add(all, i);
      lastMillis = chunkLastMillis;
      return false;
    }
    addRest(into -> all.decode(i, into, FinishedChunks.NO_ROOM, store));
    replaced.set(i);
    return true;
  }

  /** Once the series has what is left: it does not have the chunks any more that were changed. */
  void releaseReplaced(FinishedChunks all) {
    for (int i = replaced.nextSetBit(0); i >= 0; i = replaced.nextSetBit(i + 1)) {
      all.release(i);
    }
  }

  /** The same of a chunk that is not finished: one that stays as it is is not added. */
  boolean add(Chunk chunk, long firstMillis, long lastMillis) {
    if (!isTouched(firstMillis, lastMillis)) {
      return false;
    }
    addRest(chunk::decode);
    return true;
  }

  /** Also the first chunk behind: it may say how it follows what is deleted. */
  private boolean isTouched(long firstMillis, long lastMillis) {
    boolean overlaps = lastMillis >= fromMillis && firstMillis <= toMillis;
    boolean follows = gap && firstMillis > toMillis;
    gap = overlaps;
    return overlaps || follows;
  }

  private void addRest(Consumer<SampleBatch> decode) {
    boolean[] read = {false};
    ChunkEncoder encoder =
        new ChunkEncoder(into -> {
          if (read[0]) {
            into.clear();
            return false;
          }
          read[0] = true;
          decode.accept(into);
          into.removeBetween(fromMillis, toMillis);
          return true;
        });
    for (EncodedChunk rest; (rest = encoder.next()) != null; ) {
      chunks.add(rest.firstMillis(), store.add(rest));
      lastMillis = rest.lastMillis();
    }
  }
}
