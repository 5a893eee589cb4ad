package dnd.metrics.server.hub.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * The bytes a client has sent that are not yet taken: {@code bytes[from..to)}. It grows while the
 * client fills it, and to hold the operation that is incomplete, and shrinks when it has long been
 * too large. What one large operation took goes with it where nothing follows at once. Belongs to
 * the connection's reading thread.
 */
final class ReadBuffer {
  private static final int SMALLEST = 8 << 10;
  private static final int LARGEST_FOR_SPEED = 256 << 10;
  private static final int SHORT_READS_BEFORE_SHRINKING = 64;

  private byte[] bytes = new byte[SMALLEST];
  private int from;
  private int to;
  private int shortReads;

  byte[] bytes() {
    return bytes;
  }

  int from() {
    return from;
  }

  int to() {
    return to;
  }

  void taken(int newFrom) {
    from = newFrom;
    if (from == to) {
      from = 0;
      to = 0;
    }
  }

  /**
   * Reads what there is, at least one byte, after making room for {@code needed} bytes from {@code
   * from} on.
   *
   * @return how many bytes came; -1 at the end
   */
  int fill(InputStream in, int needed) throws IOException {
    if (from == to && bytes.length > LARGEST_FOR_SPEED && in.available() == 0) {
      bytes = new byte[SMALLEST]; // it held one operation, and the next may be long in coming
      shortReads = 0;
    }
    makeRoom(needed);
    int room = bytes.length - to;
    int read = in.read(bytes, to, room);
    if (read > 0) {
      to += read;
      if (read == room) {
        shortReads = 0;
        if (bytes.length < LARGEST_FOR_SPEED) {
          resize(bytes.length * 2);
        }
      } else if (read < bytes.length / 4) {
        shortReads++;
      }
    }
    return read;
  }

  private void makeRoom(int needed) {
    if (from == to && bytes.length > SMALLEST && shortReads > SHORT_READS_BEFORE_SHRINKING) {
      shortReads = 0;
      bytes = new byte[Math.max(SMALLEST, bytes.length / 4)];
      from = 0;
      to = 0;
    }
    int size = Math.max(needed, to - from + 1);
    if (size > bytes.length) {
      resize(Math.max(size, Math.min(bytes.length * 2, LARGEST_FOR_SPEED)));
    } else if (bytes.length - from < size || bytes.length - to < bytes.length / 4) {
      compact();
    }
  }

  private void compact() {
    System.arraycopy(bytes, from, bytes, 0, to - from);
    to -= from;
    from = 0;
  }

  private void resize(int size) {
    compact();
    bytes = Arrays.copyOf(bytes, size);
  }
}
