package dnd.metrics.server;

/**
 * Whether a heap has grown so much since it was last looked at that it is worth looking again: by a
 * sixth, and by 24 MiB at least. So a heap in which more and more is alive is looked at ever more
 * rarely, and one that does not grow is not looked at. At first all of it is growth: what Java
 * begins with has nothing to do with what is needed. For one thread.
 */
final class HeapGrowth {
  private static final long LEAST_BYTES = 24 << 20;
  private static final int LEAST_SHARE = 6;

  private long fromBytes;
  private boolean again;

  /**
   * Whether to look at it now: where it has grown much, and once more the next time. What a look
   * finds dead is taken out by the collections that follow it, so only at the end of the next one
   * it is free, and the heap is made smaller by it.
   */
  boolean isLookDue(long bytes) {
    boolean first = isMuch(bytes);
    boolean due = first || again;
    again = first;
    return due;
  }

  /** Where growth is counted from is lowered by a heap that is smaller. */
  boolean isMuch(long bytes) {
    fromBytes = Math.min(fromBytes, bytes);
    return bytes - fromBytes >= Math.max(LEAST_BYTES, fromBytes / LEAST_SHARE);
  }

  /** It has been looked at, and is so large now. */
  void beginAt(long bytes) {
    fromBytes = bytes;
  }
}
