package dnd.metrics.server.disk;

import java.io.IOException;

/**
 * Cuts what is written to one file into portions, and forces it whenever one is whole, at a {@link
 * DiskPace}. For one thread.
 */
public final class Portions {
  /**
   * So large that a disk that turns is busy with its bytes and not with finding the place; so small
   * that it takes milliseconds.
   */
  public static final int BYTES = 1 << 20;

  /** Writes a part of what is to be written. */
  @FunctionalInterface
  public interface Part {
    /**
     * Writes all of it.
     *
     * @param at where it begins, counted from where all of it does
     */
    void write(long at, int bytes) throws IOException;
  }

  private final DiskPace pace;
  private final DiskPace.Force force;
  private int written;

  public Portions(DiskPace pace, DiskPace.Force force) {
    this.pace = pace;
    this.force = force;
  }

  /** Has so many bytes written part by part, behind those before. */
  public void write(long bytes, Part part) throws IOException {
    for (long at = 0; at < bytes; ) {
      int n = (int) Math.min(room(), bytes - at);
      part.write(at, n);
      at += n;
      wrote(n);
    }
  }

  /** How many bytes are missing from a whole portion: no more may be written at once. */
  int room() {
    return BYTES - written;
  }

  /** Learns that so many bytes were written; where that makes a portion whole, it is forced. */
  void wrote(int bytes) throws IOException {
    written += bytes;
    if (written >= BYTES) {
      force();
    }
  }

  /** Forces what was written, whole or not. */
  public void force() throws IOException {
    pace.force(force);
    written = 0;
  }
}
