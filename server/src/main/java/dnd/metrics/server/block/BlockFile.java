package dnd.metrics.server.block;

import java.io.Closeable;
import java.io.IOException;

/** A file that is being written from its beginning to its end. For one thread. */
public interface BlockFile extends Closeable {
  /** Writes all of these bytes behind those before. */
  void write(byte[] bytes, int offset, int length) throws IOException;

  /** Returns once everything written so far would survive a power cut. */
  void force() throws IOException;
}
