package dnd.metrics.server.announce;

import java.time.Instant;
import java.time.InstantSource;

/** A clock that a test moves. */
final class ManualClock implements InstantSource {
  private volatile long nowMillis;

  ManualClock(long nowMillis) {
    this.nowMillis = nowMillis;
  }

  void advance(long millis) {
    nowMillis = nowMillis + millis;
  }

  @Override
  public long millis() {
    return nowMillis;
  }

  @Override
  public Instant instant() {
    return Instant.ofEpochMilli(nowMillis);
  }
}
