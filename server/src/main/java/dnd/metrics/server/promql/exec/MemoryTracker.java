package dnd.metrics.server.promql.exec;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the memory that one query holds, and the samples in it, against the query's limits and
 * against that of all queries together. Safe for use by several threads.
 */
final class MemoryTracker {
  private final long limitBytes;
  private final long sampleLimit;
  private final AtomicLong total;
  private final long totalLimitBytes;
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong samples = new AtomicLong();
  private volatile long peakBytes;

  /**
   * @param total what all queries together hold, shared by them
   */
  MemoryTracker(long limitBytes, long sampleLimit, AtomicLong total, long totalLimitBytes) {
    this.limitBytes = limitBytes;
    this.sampleLimit = sampleLimit;
    this.total = total;
    this.totalLimitBytes = totalLimitBytes;
  }

  /**
   * @throws QueryException where that is more than a limit allows
   */
  void reserve(long moreBytes, long moreSamples) {
    long held = bytes.addAndGet(moreBytes);
    long heldSamples = samples.addAndGet(moreSamples);
    long heldByAll = total.addAndGet(moreBytes);
    if (held > peakBytes) {
      peakBytes = held;
    }
    if (heldSamples > sampleLimit) {
      throw QueryException.tooLarge(
          "query processing would load too many samples into memory in query execution");
    }
    if (held > limitBytes) {
      throw QueryException.tooLarge(
          "query needs more memory than a query may use (" + limitBytes + " bytes)");
    }
    if (heldByAll > totalLimitBytes) {
      throw QueryException.tooLarge(
          "queries need more memory than all queries together may use ("
              + totalLimitBytes
              + " bytes)");
    }
  }

  void release(long fewerBytes, long fewerSamples) {
    if (fewerBytes == 0 && fewerSamples == 0) {
      return;
    }
    bytes.addAndGet(-fewerBytes);
    samples.addAndGet(-fewerSamples);
    total.addAndGet(-fewerBytes);
  }

  /** Leaves up to that much counted for all queries, as what somebody else holds; returns it. */
  long handOver(long mostBytes) {
    long taken = Math.max(0, Math.min(mostBytes, bytes.get()));
    bytes.addAndGet(-taken);
    return taken;
  }

  /** Gives back all that the query still holds. */
  void close() {
    total.addAndGet(-bytes.getAndSet(0));
    samples.set(0);
  }

  long heldBytes() {
    return bytes.get();
  }

  long peakBytes() {
    return peakBytes;
  }
}
