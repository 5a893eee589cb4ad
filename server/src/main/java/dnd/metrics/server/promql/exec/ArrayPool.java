package dnd.metrics.server.promql.exec;

import java.util.ArrayDeque;

/** Arrays that a query has no use for at the moment. Safe for use by several threads. */
final class ArrayPool {
  private static final int MAX_ARRAYS = 64;

  /** What an array of few steps takes beside them: its head, the series it is in, and its place. */
  private static final int OVERHEAD_BYTES = 72;

  private final MemoryTracker memory;
  private final ArrayDeque<double[]> free = new ArrayDeque<>();

  ArrayPool(MemoryTracker memory) {
    this.memory = memory;
  }

  /** An array of that length with anything in it. */
  double[] take(int length) {
    double[] pooled;
    synchronized (this) {
      pooled = free.pollFirst();
    }
    if (pooled != null && pooled.length == length) {
      return pooled;
    }
    if (pooled != null) {
      memory.release(bytes(pooled.length), pooled.length);
    }
    memory.reserve(bytes(length), length);
    return new double[length];
  }

  private static long bytes(int length) {
    return OVERHEAD_BYTES + 8L * length;
  }

  void give(double[] values) {
    synchronized (this) {
      if (free.size() < MAX_ARRAYS) {
        free.addFirst(values);
        return;
      }
    }
    memory.release(bytes(values.length), values.length);
  }
}
