package dnd.metrics.server.block;

import dnd.metrics.server.disk.DiskPace;
import dnd.metrics.server.disk.Portions;
import java.io.Closeable;
import java.io.IOException;

/**
 * Collects what goes to a file, and knows how far that is; forces it in portions at a {@link
 * DiskPace}. For one thread.
 */
final class FileOutput implements Closeable {
  private static final byte[] ZEROS = new byte[16];

  private final BlockFile file;
  private final Portions portions;
  private final byte[] buffer = new byte[1 << 18];
  private int buffered;
  private long position;

  FileOutput(BlockFile file, DiskPace pace) {
    this.file = file;
    this.portions = new Portions(pace, file::force);
  }

  /** How many bytes were written. */
  long position() {
    return position;
  }

  void write(byte[] bytes, int offset, int length) throws IOException {
    position += length;
    if (length > buffer.length - buffered) {
      flush();
      if (length >= buffer.length) {
        writeThrough(bytes, offset, length);
        return;
      }
    }
    System.arraycopy(bytes, offset, buffer, buffered, length);
    buffered += length;
  }

  void write(OutputBytes bytes) throws IOException {
    write(bytes.array(), 0, bytes.size());
  }

  /** Writes zeros up to a multiple of {@code bytes}, which is at most 16. */
  void pad(int bytes) throws IOException {
    write(ZEROS, 0, (int) (-position & (bytes - 1)));
  }

  void flush() throws IOException {
    if (buffered > 0) {
      int n = buffered;
      buffered = 0;
      writeThrough(buffer, 0, n);
    }
  }

  private void writeThrough(byte[] bytes, int offset, int length) throws IOException {
    portions.write(length, (at, n) -> file.write(bytes, offset + (int) at, n));
  }

  void force() throws IOException {
    flush();
    portions.force();
  }

  /** Gives the file free; what was not {@linkplain #force forced} may be lost. */
  @Override
  public void close() throws IOException {
    file.close();
  }
}
