package dnd.metrics.server.hub.embedded;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes that wait for all clients together, and their bound. Each connection tells in steps
 * what waits for it ({@link Outbound}), so that a message mostly only looks here; what waits for a
 * client since its last step, less than {@link #STEP_BYTES}, is not counted. Where the bound is
 * passed, the clients for which most waits are cut off, one after the other, until it is kept. Safe
 * for use by several threads.
 */
final class PendingTotal {
  static final int STEP_BYTES = 16 << 10;

  private final long maxBytes;
  private final AtomicLong bytes = new AtomicLong();

  /** Whether a thread cuts clients off, so that no others do for the same bytes. */
  private final AtomicBoolean keeping = new AtomicBoolean();

  PendingTotal(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** An eighth of the heap, and never less than may wait for one client. */
  static long defaultMaxBytes(HubOptions options) {
    return Math.max(options.maxPendingBytes(), Runtime.getRuntime().maxMemory() / 8);
  }

  long bytes() {
    return bytes.get();
  }

  void add(long more) {
    bytes.addAndGet(more);
  }

  /** To be called by who has appended something, without a lock. */
  void keep(ConnectionRegistry connections) {
    while (bytes.get() > maxBytes && keeping.compareAndSet(false, true)) {
      try {
        if (!cutOffOne(connections)) {
          return;
        }
      } finally {
        keeping.set(false);
      }
    }
  }

  private boolean cutOffOne(ConnectionRegistry connections) {
    Connection most = null;
    long mostBytes = 0;
    for (Connection connection : connections.all()) {
      long counted = connection.countedBytes();
      if (counted > mostBytes) {
        most = connection;
        mostBytes = counted;
      }
    }
    if (most == null) {
      return false; // what was counted has been written meanwhile
    }
    most.cutOffForAll(maxBytes);
    return true;
  }
}
