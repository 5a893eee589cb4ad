package dnd.metrics.server.block;

import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;

/** A file that is mapped into memory. */
record MappedBytes(MemorySegment data, String name) implements FileBytes {
  @Override
  public long byteSize() {
    return data.byteSize();
  }

  @Override
  public InputBytes at(long offset) {
    return new InputBytes(data, name).at(offset);
  }

  @Override
  public <T> T atMostTwice(Supplier<T> read) {
    return read.get();
  }
}
