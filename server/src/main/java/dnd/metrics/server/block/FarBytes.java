package dnd.metrics.server.block;

import dnd.metrics.server.model.UnreadableSamplesException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** A file that is far away, of which some bytes are read at a time. */
record FarBytes(FarBlockFiles files, String path, String name, long byteSize) implements FileBytes {
  static FarBytes of(FarBlockFiles files, String path) throws IOException {
    return new FarBytes(files, path, files.describe(path), files.byteSize(path));
  }

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
  public void forget(DamagedBlockException damage) {
    try {
      files.forget(path);
    } catch (IOException e) {
      damage.addSuppressed(e);
      throw damage;
    }
  }
}
