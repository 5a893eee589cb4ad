package dnd.metrics.server.wal;

import dnd.metrics.server.disk.RemovalSteps;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** One file of the log, addressed by offset. For one thread at a time. */
public interface LogFile extends RemovalSteps.LargeFile, Closeable {
  /** Writes all that remains in {@code bytes} at {@code offset}. */
  void write(ByteBuffer bytes, long offset) throws IOException;

  /** Fills {@code into} from {@code offset} as far as the file goes; returns how many bytes. */
  int read(ByteBuffer into, long offset) throws IOException;

  /**
   * All of it as it is now, to be read for as long as the segment can be reached, also when the
   * file is closed or has lost its name. It must not become shorter meanwhile.
   */
  MemorySegment map() throws IOException;

  /** Returns once everything written so far would survive a power cut. */
  @Override
  void force() throws IOException;
}
