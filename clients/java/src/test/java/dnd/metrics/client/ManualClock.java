package dnd.metrics.client;

/** A clock that moves only when it is told to. */
final class ManualClock implements ClientClock {
  static final long START_MILLIS = 1_795_514_400_000L;

  private long passedMillis;

  @Override
  public synchronized long wallMillis() {
    return START_MILLIS + passedMillis;
  }

  /** Not zero at the start: nothing may depend on it. */
  @Override
  public synchronized long millis() {
    return 77_777 + passedMillis;
  }

  synchronized void advance(long millis) {
    passedMillis += millis;
  }
}
