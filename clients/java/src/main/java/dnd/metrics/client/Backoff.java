package dnd.metrics.client;

import java.util.function.DoubleSupplier;

/**
 * How long to wait before an event is tried again: evenly drawn from 0 to 100 ms, 200 ms, 400 ms
 * ... 10 s, so that many clients do not come back at one moment ("full jitter", M. Brooker,
 * "Exponential Backoff And Jitter", 2015). For one thread.
 */
final class Backoff {
  private static final long FIRST_MILLIS = 100;
  private static final long MOST_MILLIS = 10_000;

  private final DoubleSupplier random;
  private int failures;

  /**
   * @param random from 0 to 1
   */
  Backoff(DoubleSupplier random) {
    this.random = random;
  }

  /** To be called after each failure; the milliseconds to wait. */
  long nextMillis() {
    long limit = Math.min(MOST_MILLIS, FIRST_MILLIS << Math.min(failures, 20));
    failures++;
    return Math.round(limit * random.getAsDouble());
  }

  /** Whether nothing has failed since the last success. */
  boolean isFresh() {
    return failures == 0;
  }

  /** To be called after each success; whether there were failures before it. */
  boolean reset() {
    boolean failed = failures > 0;
    failures = 0;
    return failed;
  }
}
