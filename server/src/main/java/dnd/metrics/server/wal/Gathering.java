package dnd.metrics.server.wal;

/**
 * Decides whether the log's thread forces what waits at once, or lets records gather first. A disk
 * that forces in a tenth of a millisecond would otherwise be forced many thousand times a second
 * under load, each time for two or three records: a block written for each, and processor time that
 * queries lack. While records keep coming, forces begin {@value #INTERVAL_NANOS} ns apart or more;
 * a buffer with {@value #ENOUGH_BYTES} bytes is forced without waiting.
 *
 * <p>Waiting is of use only where others send meanwhile: clients that wait for their reply before
 * they send again are all in the buffer already. So each pause is judged by what it brought: where
 * the number of those who wait has not at least doubled, some forces follow without a pause, twice
 * as many after each such pause in a row, up to {@value #MOST_WITHOUT}. So clients one after the
 * other, and a few events a second, have their replies as if there were no pauses. Why:
 * docs/decisions/group-commit.md.
 *
 * <p>For one thread.
 */
final class Gathering {
  /** From the begin of a force to that of the next. */
  static final long INTERVAL_NANOS = 500_000;

  /** What one force takes hardly longer for than for a few records. */
  static final int ENOUGH_BYTES = 1 << 16;

  static final int LEAST_WITHOUT = 8;
  static final int MOST_WITHOUT = 256;

  private long lastForceNanos;
  private boolean forcedBefore;

  /** So many forces follow without a pause. */
  private int without;

  /** What {@link #without} is after the next pause that brings nothing. */
  private int nextWithout = LEAST_WITHOUT;

  static boolean isEnough(int bytes) {
    return bytes >= ENOUGH_BYTES;
  }

  /** A force begins. */
  void forcing(long nowNanos) {
    lastForceNanos = nowNanos;
    forcedBefore = true;
    if (without > 0) {
      without--;
    }
  }

  /** How long to wait for other records; 0 not to wait. */
  long pauseNanos(long nowNanos, int bytes) {
    if (!forcedBefore || without > 0 || isEnough(bytes)) {
      return 0;
    }
    return Math.max(0, lastForceNanos + INTERVAL_NANOS - nowNanos);
  }

  /** What a pause has brought: how many waited before it, and how many do now. */
  void gathered(int before, int now) {
    if (now < 2 * before) {
      without = nextWithout;
      nextWithout = Math.min(MOST_WITHOUT, 2 * nextWithout);
    } else {
      nextWithout = Math.max(LEAST_WITHOUT, nextWithout / 2);
    }
  }
}
