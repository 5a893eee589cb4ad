package dnd.metrics.server.block;

import java.io.IOException;

/**
 * A folder of blocks that is far away: some bytes of a file cost less than all. Safe for use by
 * several threads.
 */
public interface FarBlockFiles extends ReadableBlockFiles {
  /** Some bytes of a file; fewer where it ends before. */
  byte[] read(String path, long offset, int length) throws IOException;

  /** Takes a file's bytes from afar again when they are read next: some were not right. */
  void forget(String path) throws IOException;
}
