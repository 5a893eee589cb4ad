package dnd.metrics.server.ingest;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many bytes of events each connection may have in flight: the fewer, the more connections have
 * much in flight, so that all together never have much more than two megabytes, which the log
 * writes and answers in milliseconds. Safe for use by several threads.
 */
final class InFlightLimit {
  /** Enough for two connections to keep the processors busy during a force. */
  private static final long ALL_BYTES = 2 << 20;

  private static final long MOST_BYTES = 1 << 20;
  private static final long LEAST_BYTES = 64 << 10;

  /** Whoever has as much in flight shares with the others who have. */
  static final long BUSY_BYTES = 32 << 10;

  private final AtomicInteger busy = new AtomicInteger();

  /** One more connection has much in flight, or, with -1, one less. */
  void countBusy(int more) {
    busy.addAndGet(more);
  }

  long bytes() {
    return Math.clamp(ALL_BYTES / Math.max(1, busy.get()), LEAST_BYTES, MOST_BYTES);
  }
}
