package dnd.metrics.server.disk;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * How fast large files are written beside the write-ahead log. They are forced {@linkplain Portions
 * portion by portion}, so that a force of the log has one portion in front of it and not a whole
 * file; and who wrote a portion rests for several times as long as its force took, so that most of
 * the disk's time is the log's, however fast the disk is. A rest is bounded, so that a file becomes
 * ready on a slow disk, too; and there is none where somebody waits for the file. Safe for use by
 * several threads.
 */
public final class DiskPace {
  /** A rest is so many times as long as the force before it: the file has a quarter of the disk. */
  private static final int RESTS_PER_FORCE = 3;

  /** With portions of a MiB, 100 MiB rest for five seconds at most. */
  private static final long LONGEST_REST_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /** Without a rest, for a file that somebody waits for. */
  public static final DiskPace UNPACED = new DiskPace(() -> true);

  /** Makes what was written so far survive a power cut. */
  @FunctionalInterface
  public interface Force {
    void run() throws IOException;
  }

  /** What time it is, and how it passes. */
  interface Clock {
    long nanos();

    void rest(long nanos);
  }

  private final BooleanSupplier isAwaited;
  private final Clock clock;

  /**
   * @param isAwaited whether somebody waits for what is written, at the moment: asked before each
   *     rest
   */
  public DiskPace(BooleanSupplier isAwaited) {
    this(isAwaited, new RealClock());
  }

  DiskPace(BooleanSupplier isAwaited, Clock clock) {
    this.isAwaited = isAwaited;
    this.clock = clock;
  }

  /** Forces, then rests; where it fails there is no rest. */
  void force(Force force) throws IOException {
    long started = clock.nanos();
    force.run();
    long took = clock.nanos() - started;
    if (took > 0 && !isAwaited.getAsBoolean()) {
      clock.rest(Math.min(LONGEST_REST_NANOS, RESTS_PER_FORCE * took));
    }
  }

  private static final class RealClock implements Clock {
    @Override
    public long nanos() {
      return System.nanoTime();
    }

    @Override
    public void rest(long nanos) {
      try {
        Thread.sleep(Duration.ofNanos(nanos));
      } catch (InterruptedException e) {
        Thread.currentThread()
            .interrupt(); // whoever wants the thread to end does not wait for a rest
      }
    }
  }
}
