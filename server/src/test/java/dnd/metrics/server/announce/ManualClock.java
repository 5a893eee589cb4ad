package dnd.metrics.server.announce;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that a test moves. */
final class ManualClock implements InstantSource {
  private final AtomicLong nowMillis = new AtomicLong();

  ManualClock(long nowMillis) {
    this.nowMillis.set(nowMillis);
  }

  void advance(long millis) {
    nowMillis.addAndGet(millis);
  }

  @Override
  public long millis() {
    return nowMillis.get();
  }

  @Override
  public Instant instant() {
    return Instant.ofEpochMilli(nowMillis.get());
  }
}
