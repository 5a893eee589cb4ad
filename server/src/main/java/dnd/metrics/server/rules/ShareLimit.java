package dnd.metrics.server.rules;

/**
 * Holds work to a share of the time: who has worked for a while must rest in proportion. Short work
 * after a pause is not held up: up to a tenth of a second may be saved. Times are nanoseconds of
 * one clock. Not safe for use by several threads.
 */
final class ShareLimit {
  private static final long SAVED_NANOS = 100_000_000;

  private double share;
  private double balanceNanos = SAVED_NANOS;
  private long atNanos;

  /**
   * @param share of one processor: 0.5 for half of its time, 2 for all the time of two
   */
  ShareLimit(double share, long nowNanos) {
    this.share = share;
    this.atNanos = nowNanos;
  }

  /** How long to wait before the next piece of work; 0 for not at all. */
  long waitNanos(long nowNanos) {
    refill(nowNanos);
    return balanceNanos > 0 ? 0 : (long) Math.ceil((1 - balanceNanos) / share);
  }

  /** So long was worked. */
  void spend(long workedNanos, long nowNanos) {
    refill(nowNanos);
    balanceNanos -= workedNanos;
  }

  /** From now on it is another share. */
  void change(double newShare, long nowNanos) {
    refill(nowNanos);
    share = newShare;
  }

  private void refill(long nowNanos) {
    balanceNanos = Math.min(SAVED_NANOS, balanceNanos + share * (nowNanos - atNanos));
    atNanos = nowNanos;
  }
}
