package dnd.metrics.server.rules;

/**
 * Which time an evaluation has. See docs/decisions/rules-at-once.md: that of what it is owed to (a
 * slot, the newest sample of a push, a timer), so that {@code for} counts from samples; but never
 * one that is over for the rules concerned, and never one that is yet to come.
 */
final class EvaluationTime {
  /** A clock that goes back by more is believed. */
  private static final long SMALL_STEP_MILLIS = 5000;

  private EvaluationTime() {}

  /**
   * @param dueMillis the time of what the evaluation is owed to
   * @param lastMillis the time of the last evaluation of any of the rules
   * @param nowMillis the clock's
   */
  static long of(long dueMillis, long lastMillis, long nowMillis) {
    if (dueMillis > lastMillis && dueMillis <= nowMillis) {
      return dueMillis;
    }
    boolean clockWentBack =
        lastMillis != AlertInstance.NEVER && lastMillis - nowMillis > SMALL_STEP_MILLIS;
    return clockWentBack ? nowMillis : Math.max(nowMillis, lastMillis + 1);
  }
}
