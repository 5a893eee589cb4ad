package dnd.metrics.server.head;

import dnd.metrics.server.chunk.Chunk;
import dnd.metrics.server.chunk.EncodedChunk;
import dnd.metrics.server.model.SampleBatch;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A chunk that nothing is appended to any more: its bytes as a block would hold them, without what
 * a writer needs. Immutable.
 */
final class FinishedChunk implements ChunkHolder {
  private final long firstMillis;
  private final long lastMillis;
  private final byte encoding;
  private final byte[] bytes;

  FinishedChunk(long firstMillis, long lastMillis, byte encoding, byte[] bytes) {
    this.firstMillis = firstMillis;
    this.lastMillis = lastMillis;
    this.encoding = encoding;
    this.bytes = bytes;
  }

  static FinishedChunk of(Chunk chunk, long firstMillis, long lastMillis) {
    return new FinishedChunk(firstMillis, lastMillis, (byte) chunk.encoding(), chunk.toBytes());
  }

  static FinishedChunk of(EncodedChunk chunk) {
    return new FinishedChunk(
        chunk.firstMillis(),
        chunk.lastMillis(),
        (byte) chunk.encoding(),
        chunk.data().toArray(ValueLayout.JAVA_BYTE));
  }

  /** The chunk as a block takes it. */
  EncodedChunk encoded() {
    return new EncodedChunk(firstMillis, lastMillis, encoding, MemorySegment.ofArray(bytes));
  }

  int encoding() {
    return encoding;
  }

  /** The chunk's bytes, not to be changed. */
  byte[] bytes() {
    return bytes;
  }

  /** Time of the first sample, Unix milliseconds. */
  long firstMillis() {
    return firstMillis;
  }

  /** Time of the last sample, Unix milliseconds. */
  long lastMillis() {
    return lastMillis;
  }

  /** Replaces what {@code batch} holds by all samples of this chunk. */
  void decode(SampleBatch batch) {
    Chunk.decode(encoding, bytes, 0, bytes.length, batch);
  }
}
