package dnd.metrics.server.disk;

import java.io.IOException;

/**
 * Counts what is written to one file, and forces it whenever a portion is whole, at a {@link
 * DiskPace}. For one thread.
 */
public final class Portions {
  /**
   * So large that a disk that turns is busy with its bytes and not with finding the place; so small
   * that it takes milliseconds.
   */
  public static final int BYTES = 1 << 20;

  private final DiskPace pace;
  private final DiskPace.Force force;
  private int written;

  public Portions(DiskPace pace, DiskPace.Force force) {
    this.pace = pace;
    this.force = force;
  }

  /** How many bytes are missing from a whole portion: no more may be written at once. */
  public int room() {
    return BYTES - written;
  }

  /** Learns that so many bytes were written; where that makes a portion whole, it is forced. */
  public void wrote(int bytes) throws IOException {
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
