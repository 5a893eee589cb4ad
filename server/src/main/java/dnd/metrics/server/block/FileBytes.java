package dnd.metrics.server.block;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.function.Supplier;

/** The bytes of a block's file, wherever they are. Safe for use by several threads. */
sealed interface FileBytes permits MappedBytes, FarBytes {
  /**
   * @param arena until it is closed a file is mapped that is not far away
   */
  static FileBytes of(ReadableBlockFiles files, String path, Arena arena) throws IOException {
    return files instanceof FarBlockFiles far
        ? new FarBytes(far, path, far.describe(path), far.byteSize(path))
        : new MappedBytes(files.map(path, arena), files.describe(path));
  }

  /** How messages name the file. */
  String name();

  long byteSize();

  /**
   * Reads from there on.
   *
   * @throws DamagedBlockException where the file ends before
   */
  InputBytes at(long offset);

  /**
   * What {@code read} gives; where that is not right and came from elsewhere, it comes once more.
   */
  <T> T atMostTwice(Supplier<T> read);
}
