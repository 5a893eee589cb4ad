package dnd.metrics.server.query;

/**
 * When the next evaluation of a live query may begin: a moment after the last, and after slow ones
 * later, so that a flood of samples makes no query take more than a quarter of a core. Times are
 * {@link System#nanoTime}'s. One thread notes, any asks.
 */
final class LivePace {
  static final long LEAST_NANOS = 50_000_000;
  static final int REST_FACTOR = 3;

  private volatile boolean ran;
  private volatile long notBeforeNanos;

  void noteRun(long startNanos, long endNanos) {
    long took = endNanos - startNanos;
    notBeforeNanos = endNanos + Math.max(LEAST_NANOS, REST_FACTOR * took);
    ran = true;
  }

  /** How long to wait from now; 0 where it may begin at once. */
  long delayNanos(long nowNanos) {
    return ran ? Math.max(0, notBeforeNanos - nowNanos) : 0;
  }
}
