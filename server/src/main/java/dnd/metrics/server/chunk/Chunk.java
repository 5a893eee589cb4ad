package dnd.metrics.server.chunk;

import dnd.metrics.server.model.SampleBatch;

/**
 * A run of samples of one series, compressed in one of Prometheus's encodings. One thread appends;
 * any number may read meanwhile without locks, and see what was appended before they began. Format:
 * docs/format/chunks.md.
 */
public sealed interface Chunk permits XorChunk, HistogramChunk {
  /**
   * The encoding's number in Prometheus's blocks: 1 XOR, 2 histogram, 3 float histogram. Blocks of
   * Prometheus 3.14 may have the same three with start timestamps, 4 to 6, which are only read.
   */
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
    switch (encoding) {
      case XorChunk.ENCODING -> XorChunk.decode(data, offset, length, batch);
      case Xor2Decoder.ENCODING -> Xor2Decoder.decode(data, offset, length, batch);
      case WholeHistogramChunk.ENCODING, FloatHistogramChunk.ENCODING ->
          HistogramChunk.decode(encoding, data, offset, length, batch);
      case HistogramDecoder.WHOLE_WITH_STARTS, HistogramDecoder.FLOAT_WITH_STARTS ->
          HistogramDecoder.decodeWithStarts(encoding, data, offset, length, batch);
      default ->
          throw new IllegalArgumentException(
              "its encoding is " + (encoding & 0xff) + ", which is not known");
    }
  }
}
