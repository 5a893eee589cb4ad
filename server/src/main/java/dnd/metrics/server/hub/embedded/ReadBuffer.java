package dnd.metrics.server.hub.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The bytes a client has sent that are not yet taken: {@code bytes[from..to)}. It grows while the
 * client fills it, and to hold the operation that is incomplete, and shrinks when it has long been
 * too large. What one large operation took is put aside where nothing follows at once: the next
 * large one takes it again, and where none comes for {@link #KEPT_NANOS}, {@link #trim} lets it go.
 * Belongs to the connection's reading thread but for {@link #trim}.
 */
final class ReadBuffer {
  static final long KEPT_NANOS = Duration.ofSeconds(2).toNanos();

  private static final int SMALLEST = 8 << 10;
  private static final int LARGEST_FOR_SPEED = 256 << 10;
  private static final int SHORT_READS_BEFORE_SHRINKING = 64;

  private byte[] bytes = new byte[SMALLEST];
  private int from;
  private int to;
  private int shortReads;

  /** What was put aside. */
  private final AtomicReference<byte @Nullable []> aside = new AtomicReference<>();

  /** Whether something was put aside since {@link #trim} last looked. */
  private volatile boolean freshlyAside;

  /** When {@link #trim} last saw that; its own. */
  private long asideSinceNanos;

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
      putAside(); // it held one operation, and the next may be long in coming
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

  /**
   * Lets go what was put aside and not taken again for long. For one thread, any one, that calls it
   * again and again.
   */
  void trim(long nowNanos) {
    if (freshlyAside) {
      freshlyAside = false;
      asideSinceNanos = nowNanos;
    } else if (nowNanos - asideSinceNanos > KEPT_NANOS) {
      aside.set(null); // also one that is put aside this very moment
    }
  }

  private void putAside() {
    freshlyAside = true;
    aside.set(bytes);
    bytes = new byte[SMALLEST];
    shortReads = 0;
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
      move(bytes);
    }
  }

  private void resize(int size) {
    byte[] known = size > LARGEST_FOR_SPEED ? aside.getAndSet(null) : null;
    move(known != null && known.length >= size ? known : new byte[size]);
  }

  /** To the beginning of an array that has room for them, the same or another. */
  private void move(byte[] target) {
    System.arraycopy(bytes, from, target, 0, to - from);
    to -= from;
    from = 0;
    bytes = target;
  }
}
