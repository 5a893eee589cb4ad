package dnd.metrics.server.block;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A folder of blocks as those see it who read. Paths are relative, with {@code /} between names;
 * the empty path is the folder itself. Safe for use by several threads.
 */
public interface ReadableBlockFiles {
  /** The names of what is in a folder, sorted. */
  List<String> list(String folder) throws IOException;

  /** How many bytes a file has, or the files in a folder and below. */
  long byteSize(String path) throws IOException;

  /**
   * Maps a file into memory, for reading, until the arena is closed.
   *
   * @throws java.nio.file.NoSuchFileException where there is none
   */
  MemorySegment map(String path, Arena arena) throws IOException;

  /** How messages to people name a file: with its folder. */
  String describe(String path);
}
