package dnd.metrics.server.hub.embedded;

import java.util.concurrent.TimeUnit;

/**
 * How many clients were refused since it was told last, which is not done for each: a crowd that
 * tries again and again would fill the log. For one thread.
 */
final class Refusals {
  private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

  private boolean wasTold;
  private long toldNanos;
  private long untold;

  /**
   * One more is refused.
   *
   * @param nowNanos what {@link System#nanoTime} says, or another clock that does not go back
   * @return how many are to be told of now, this one among them; 0 for none yet
   */
  long toTell(long nowNanos) {
    untold++;
    if (wasTold && nowNanos - toldNanos < INTERVAL_NANOS) {
      return 0;
    }
    wasTold = true;
    toldNanos = nowNanos;
    long told = untold;
    untold = 0;
    return told;
  }
}
