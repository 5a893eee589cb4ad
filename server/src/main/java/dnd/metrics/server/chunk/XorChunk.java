package dnd.metrics.server.chunk;

import dnd.metrics.server.model.SampleBatch;

/** Floats in Prometheus's XOR encoding. (Signatures; the bodies follow.) */
public final class XorChunk implements Chunk {
  public XorChunk() {}

  /** Appends a sample; its time must be after the last one's. One thread at a time. */
  public void append(long tMillis, double value) {
    throw new UnsupportedOperationException("body follows");
  }

  @Override
  public int encoding() {
    return 1;
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

  /** Decodes a chunk as it is in a block: {@code data} from {@code offset}, as {@link #toBytes}. */
  public static void decode(byte[] data, int offset, int length, SampleBatch batch) {
    throw new UnsupportedOperationException("body follows");
  }
}
