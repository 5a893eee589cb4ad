package dnd.metrics.server.block;

import dnd.metrics.server.model.UnreadableSamplesException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;

/** A file that is far away, of which some bytes are read at a time. */
record FarBytes(FarBlockFiles files, String path, String name, long byteSize) implements FileBytes {
  @Override
  public InputBytes at(long offset) {
    return new InputBytes(this).at(offset);
  }

  /** Some bytes, which the file has. */
  MemorySegment read(long offset, int length) {
    try {
      return MemorySegment.ofArray(files.read(path, offset, length));
    } catch (IOException e) {
      throw new UnreadableSamplesException(name + " cannot be read: " + e.getMessage(), e);
    }
  }

  @Override
  public <T> T atMostTwice(Supplier<T> read) {
    try {
      return read.get();
    } catch (DamagedBlockException e) { // it may have come wrong, or the local disk may be at fault
      try {
        files.forget(path);
      } catch (IOException again) {
        e.addSuppressed(again);
        throw e;
      }
      return read.get();
    }
  }
}
