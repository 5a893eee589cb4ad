package dnd.metrics.server.chunk;

import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.SampleBatch;

/**
 * Native histograms in Prometheus's histogram encoding where all counts are whole, and in its
 * float-histogram encoding otherwise. Never empty. (Signatures; the bodies follow.)
 */
@SuppressWarnings("DoNotCallSuggester") // until the bodies are there
public final class HistogramChunk implements Chunk {
  private HistogramChunk() {}

  /** A chunk with one histogram, the first of its series or the first after a gap in knowledge. */
  public static HistogramChunk start(long tMillis, Histogram histogram) {
    throw new UnsupportedOperationException("body follows");
  }

  /**
   * Appends a histogram; its time must be after the last one's. One thread at a time.
   *
   * @return this chunk where the histogram went into it; a chunk of one sample, to follow this one,
   *     where it could not; or a longer chunk that replaces this one, where all samples had to be
   *     written anew with more buckets
   */
  public HistogramChunk append(long tMillis, Histogram histogram) {
    throw new UnsupportedOperationException("body follows");
  }

  @Override
  public int encoding() {
    throw new UnsupportedOperationException("body follows");
  }

  @Override
  public int size() {
    throw new UnsupportedOperationException("body follows");
  }

  @Override
  public int byteSize() {
    throw new UnsupportedOperationException("body follows");
  }

  @Override
  public byte[] toBytes() {
    throw new UnsupportedOperationException("body follows");
  }

  @Override
  public void decode(SampleBatch batch) {
    throw new UnsupportedOperationException("body follows");
  }

  /** Decodes a chunk as it is in a block; {@code encoding} as {@link #encoding}. */
  public static void decode(int encoding, byte[] data, int offset, int length, SampleBatch batch) {
    throw new UnsupportedOperationException("body follows");
  }
}
