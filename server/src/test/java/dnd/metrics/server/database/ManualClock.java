package dnd.metrics.server.database;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that goes on when told to. Safe for use by several threads. */
final class ManualClock implements InstantSource {
  private final AtomicLong millis = new AtomicLong(1_795_700_000_000L);

  void advance(Duration time) {
    millis.addAndGet(time.toMillis());
  }

  @Override
  public Instant instant() {
    return Instant.ofEpochMilli(millis.get());
  }
}
