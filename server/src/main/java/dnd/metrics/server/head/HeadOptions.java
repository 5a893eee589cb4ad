package dnd.metrics.server.head;

import java.time.Duration;

/**
 * Settings of a {@link Head}.
 *
 * @param outOfOrderWindow how far behind its series' newest sample a sample may come
 * @param futureTolerance how far ahead of its reception a sample may lie
 * @param seriesLimitPerService how many series a service may have
 * @param segmentBytes size at which the log begins a new segment
 */
public record HeadOptions(
    Duration outOfOrderWindow,
    Duration futureTolerance,
    int seriesLimitPerService,
    long segmentBytes) {
  public static final HeadOptions DEFAULT =
      new HeadOptions(Duration.ofMinutes(30), Duration.ofMinutes(10), 100_000, 128L << 20);

  public HeadOptions {
    if (outOfOrderWindow.isNegative() || futureTolerance.isNegative()) {
      throw new IllegalArgumentException("a window cannot be negative");
    }
    if (seriesLimitPerService < 1 || segmentBytes < 4096) {
      throw new IllegalArgumentException("limits must leave room");
    }
  }

  public HeadOptions withSeriesLimitPerService(int limit) {
    return new HeadOptions(outOfOrderWindow, futureTolerance, limit, segmentBytes);
  }
}
