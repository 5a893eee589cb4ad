package dnd.metrics.server.promql.exec;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What is held of the memory of all queries beyond a query's end, until it is closed: an answer
 * while it is sent, what live queries remember. Once closed it holds nothing and takes nothing.
 * Safe for use by several threads.
 */
public final class HeldMemory implements AutoCloseable {
  private final AtomicLong total;
  private final long totalLimitBytes;
  private final AtomicLong ofItsKind;
  private final long kindLimitBytes;
  private long bytes;
  private boolean closed;

  /**
   * @param total what all queries together hold, shared by them
   * @param ofItsKind what all that is held for the same purpose takes, shared likewise
   */
  HeldMemory(AtomicLong total, long totalLimitBytes, AtomicLong ofItsKind, long kindLimitBytes) {
    this.total = total;
    this.totalLimitBytes = totalLimitBytes;
    this.ofItsKind = ofItsKind;
    this.kindLimitBytes = kindLimitBytes;
  }

  /** Holds that much from now on; false, and nothing changes, where more than is left. */
  public synchronized boolean tryResize(long newBytes) {
    long more = newBytes - bytes;
    if (closed) {
      return false;
    }
    long all = total.addAndGet(more);
    long ofKind = ofItsKind.addAndGet(more);
    if (more > 0 && (all > totalLimitBytes || ofKind > kindLimitBytes)) {
      total.addAndGet(-more);
      ofItsKind.addAndGet(-more);
      return false;
    }
    bytes = newBytes;
    return true;
  }

  /** Takes over at most that much of what a query held that is over. */
  synchronized void takeOver(MemoryTracker query, long mostBytes) {
    if (!closed) {
      long taken = query.handOver(mostBytes);
      bytes += taken;
      ofItsKind.addAndGet(taken);
    }
  }

  public synchronized long bytes() {
    return bytes;
  }

  /** The most that all of its kind may hold. */
  public long kindLimitBytes() {
    return kindLimitBytes;
  }

  /** Gives all of it back; again has no effect. */
  @Override
  public synchronized void close() {
    total.addAndGet(-bytes);
    ofItsKind.addAndGet(-bytes);
    bytes = 0;
    closed = true;
  }
}
