package dnd.metrics.server.promql.plan;

/**
 * The times at which something is evaluated: {@code count} of them, {@code stepMillis} apart, the
 * first at {@code startMillis} (Unix milliseconds). A step of 0 is one time again and again.
 */
public record StepGrid(long startMillis, long stepMillis, int count) {
  public StepGrid {
    if (count < 0 || stepMillis < 0) {
      throw new IllegalArgumentException("a grid of " + count + " steps of " + stepMillis + " ms");
    }
  }

  /** A single time. */
  public static StepGrid at(long millis) {
    return new StepGrid(millis, 0, 1);
  }

  /**
   * The times from {@code start} until {@code end}, both included.
   *
   * @throws TooManyStepsException where there are more than {@link Integer#MAX_VALUE}
   */
  public static StepGrid between(long startMillis, long endMillis, long stepMillis) {
    if (endMillis < startMillis) {
      return new StepGrid(startMillis, stepMillis, 0);
    }
    long span = endMillis - startMillis; // negative where it is more than a long holds
    if (span < 0 || span / stepMillis >= Integer.MAX_VALUE) {
      throw new TooManyStepsException(startMillis, endMillis, stepMillis);
    }
    return new StepGrid(startMillis, stepMillis, (int) (span / stepMillis) + 1);
  }

  public long time(int step) {
    return startMillis + step * stepMillis;
  }

  /** The last time, or the start where there is none. */
  public long endMillis() {
    return count == 0 ? startMillis : time(count - 1);
  }

  /** The same times, {@code offsetMillis} earlier. */
  public StepGrid shifted(long offsetMillis) {
    return offsetMillis == 0 ? this : new StepGrid(startMillis - offsetMillis, stepMillis, count);
  }

  /** As many steps, all at one time. */
  public StepGrid pinned(long millis) {
    return new StepGrid(millis, 0, count);
  }

  /** Only the first step. */
  public StepGrid first() {
    return new StepGrid(startMillis, stepMillis, Math.min(count, 1));
  }

  @Override
  public String toString() {
    return count == 1
        ? Long.toString(startMillis)
        : startMillis + ".." + endMillis() + "/" + stepMillis;
  }
}
