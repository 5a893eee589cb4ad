package dnd.metrics.server.head;

import java.time.Duration;

/**
 * Settings of a {@link Head}.
 *
 * @param outOfOrderWindow how far behind its series' newest sample a sample may come
 * @param futureTolerance how far ahead of its reception a sample may lie
 * @param seriesLimitPerService how many series a service may have
 * @param senderLimitPerService how many senders a service may have
 * @param segmentBytes size at which the log begins a new segment
 * @param checkpointBytes how much the log grows, at least, before the next checkpoint is written
 */
public record HeadOptions(
    Duration outOfOrderWindow,
    Duration futureTolerance,
    int seriesLimitPerService,
    int senderLimitPerService,
    long segmentBytes,
    long checkpointBytes) {
  public static final HeadOptions DEFAULT =
      new HeadOptions(
          Duration.ofMinutes(30), Duration.ofMinutes(10), 100_000, 10_000, 128L << 20, 24L << 20);

  public HeadOptions {
    if (outOfOrderWindow.isNegative() || futureTolerance.isNegative()) {
      throw new IllegalArgumentException("a window cannot be negative");
    }
    if (seriesLimitPerService < 1
        || senderLimitPerService < 1
        || segmentBytes < 4096
        || checkpointBytes < 1) {
      throw new IllegalArgumentException("limits must leave room");
    }
  }

  public HeadOptions withSeriesLimitPerService(int limit) {
    return new HeadOptions(
        outOfOrderWindow,
        futureTolerance,
        limit,
        senderLimitPerService,
        segmentBytes,
        checkpointBytes);
  }

  public HeadOptions withSenderLimitPerService(int limit) {
    return new HeadOptions(
        outOfOrderWindow,
        futureTolerance,
        seriesLimitPerService,
        limit,
        segmentBytes,
        checkpointBytes);
  }

  HeadOptions withCheckpointBytes(long bytes) {
    return new HeadOptions(
        outOfOrderWindow,
        futureTolerance,
        seriesLimitPerService,
        senderLimitPerService,
        segmentBytes,
        bytes);
  }
}
