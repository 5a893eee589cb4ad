package dnd.metrics.server.chunk;

import dnd.metrics.server.model.SampleBatch;

/**
 * A run of samples of one series, compressed in one of Prometheus's encodings. One thread appends;
 * any number may read meanwhile without locks, and see what was appended before they began. Format:
 * docs/format/chunks.md.
 */
public sealed interface Chunk permits XorChunk, HistogramChunk {
  /** The encoding's number in Prometheus's blocks: 1 XOR, 2 histogram, 3 float histogram. */
  int encoding();

  /** How many samples a reader finds now. */
  int size();

  /** How many bytes {@link #toBytes} would return now. */
  int byteSize();

  /** The chunk's data as Prometheus stores it (without length, encoding and checksum). */
  byte[] toBytes();

  /** Replaces what {@code batch} holds by all samples of this chunk. */
  void decode(SampleBatch batch);

  /**
   * Decodes a chunk out of a block: {@code length} bytes as {@link #toBytes} returns them.
   *
   * @throws IllegalArgumentException when these are no such bytes, or the encoding is not known
   */
  static void decode(int encoding, byte[] data, int offset, int length, SampleBatch batch) {
    if (encoding == XorChunk.ENCODING) {
      XorChunk.decode(data, offset, length, batch);
    } else {
      HistogramChunk.decode(encoding, data, offset, length, batch);
    }
  }
}
