package dnd.metrics.server.block;

import java.io.Closeable;
import java.io.IOException;

/** Collects what goes to a file, and knows how far that is. For one thread. */
final class FileOutput implements Closeable {
  private static final byte[] ZEROS = new byte[16];

  private final BlockFile file;
  private final byte[] buffer = new byte[1 << 18];
  private int buffered;
  private long position;

  FileOutput(BlockFile file) {
    this.file = file;
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
        file.write(bytes, offset, length);
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
      file.write(buffer, 0, n);
    }
  }

  void force() throws IOException {
    flush();
    file.force();
  }

  /** Gives the file free; what was not {@linkplain #force forced} may be lost. */
  @Override
  public void close() throws IOException {
    file.close();
  }
}
