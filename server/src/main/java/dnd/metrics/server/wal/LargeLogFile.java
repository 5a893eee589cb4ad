package dnd.metrics.server.wal;

import dnd.metrics.server.disk.DiskPace;
import dnd.metrics.server.disk.Portions;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** A file that is written beside the log, in portions that are forced at a {@link DiskPace}. */
public final class LargeLogFile implements LogFile {
  private final LogFile file;
  private final Portions portions;

  public LargeLogFile(LogFile file, DiskPace pace) {
    this.file = file;
    this.portions = new Portions(pace, file::force);
  }

  @Override
  public void write(ByteBuffer bytes, long offset) throws IOException {
    int end = bytes.limit();
    try {
      portions.write(
          bytes.remaining(),
          (at, length) -> {
            bytes.limit(bytes.position() + length);
            file.write(bytes, offset + at);
          });
    } finally {
      bytes.limit(end);
    }
  }

  @Override
  public int read(ByteBuffer into, long offset) throws IOException {
    return file.read(into, offset);
  }

  @Override
  public MemorySegment map() throws IOException {
    return file.map();
  }

  @Override
  public void force() throws IOException {
    portions.force();
  }

  @Override
  public void truncate(long size) throws IOException {
    file.truncate(size);
  }

  @Override
  public long size() throws IOException {
    return file.size();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
