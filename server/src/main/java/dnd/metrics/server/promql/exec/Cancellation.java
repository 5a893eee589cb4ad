package dnd.metrics.server.promql.exec;

/**
 * Whether a query is to stop: cancelled by someone, or past its deadline. Operators ask it once a
 * series or a few thousand steps. Safe for use by several threads.
 */
final class Cancellation {
  private final long deadlineNanos;
  private final String where;
  private volatile boolean cancelled;

  /**
   * @param deadlineNanos as {@link System#nanoTime} counts
   */
  Cancellation(long deadlineNanos) {
    this(deadlineNanos, "expression evaluation");
  }

  /**
   * @param where what is cancelled or timed out, for messages
   */
  Cancellation(long deadlineNanos, String where) {
    this.deadlineNanos = deadlineNanos;
    this.where = where;
  }

  void cancel() {
    cancelled = true;
  }

  void check() {
    if (cancelled) {
      throw new QueryException(QueryException.Type.CANCELED, "query was canceled in " + where);
    }
    if (System.nanoTime() - deadlineNanos > 0) {
      throw new QueryException(QueryException.Type.TIMEOUT, "query timed out in " + where);
    }
  }
}
