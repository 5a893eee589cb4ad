package dnd.metrics.server.chunk;

import dnd.metrics.server.model.SampleBatch;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A chunk that nothing is appended to any more, as blocks hold it: its bytes (without length,
 * encoding and checksum), in an array or in a mapped file, and the times of its first and last
 * sample, Unix milliseconds.
 *
 * @param encoding {@link Chunk#encoding}
 * @param data {@link Chunk#toBytes}; not to be changed
 */
public record EncodedChunk(long firstMillis, long lastMillis, int encoding, MemorySegment data) {
  public EncodedChunk {
    if (data.byteSize() < 2) {
      throw new IllegalArgumentException("a chunk of " + data.byteSize() + " bytes");
    }
    if (firstMillis > lastMillis) {
      throw new IllegalArgumentException(
          "a chunk from " + firstMillis + " to " + lastMillis + ", which is earlier");
    }
  }

  /** The chunk as it is now. */
  public static EncodedChunk of(Chunk chunk, long firstMillis, long lastMillis) {
    return new EncodedChunk(
        firstMillis, lastMillis, chunk.encoding(), MemorySegment.ofArray(chunk.toBytes()));
  }

  public boolean holdsFloats() {
    return encoding == XorChunk.ENCODING || encoding == Xor2Decoder.ENCODING;
  }

  /** How many samples there are, as the chunk's header says. */
  public int size() {
    int size =
        (data.get(ValueLayout.JAVA_BYTE, 0) & 0xff) << 8
            | (data.get(ValueLayout.JAVA_BYTE, 1) & 0xff);
    return HistogramDecoder.hasStarts(encoding) ? size & HistogramDecoder.SIZE_WITH_STARTS : size;
  }

  /**
   * Replaces what {@code batch} holds by all samples of this chunk.
   *
   * @throws IllegalArgumentException where the bytes are no chunk
   */
  public void decode(SampleBatch batch) {
    byte[] bytes = data.toArray(ValueLayout.JAVA_BYTE);
    Chunk.decode(encoding, bytes, 0, bytes.length, batch);
  }
}
