package dnd.metrics.server.wal;

import java.time.Duration;

/**
 * Settings of a {@link WriteAheadLog}.
 *
 * @param segmentBytes size at which a new file is begun
 * @param pendingBytes how much may wait for the disk before whoever appends has to wait too
 * @param retryInterval how long after a failed write the next attempt is made
 */
public record LogOptions(long segmentBytes, int pendingBytes, Duration retryInterval) {
  public static final LogOptions DEFAULT =
      new LogOptions(128L << 20, 64 << 20, Duration.ofMillis(500));

  public LogOptions {
    if (segmentBytes < 4096 || pendingBytes < 1 || retryInterval.toMillis() < 1) {
      throw new IllegalArgumentException("limits must leave room");
    }
  }

  public LogOptions withSegmentBytes(long bytes) {
    return new LogOptions(bytes, pendingBytes, retryInterval);
  }

  public LogOptions withRetryInterval(Duration interval) {
    return new LogOptions(segmentBytes, pendingBytes, interval);
  }
}
