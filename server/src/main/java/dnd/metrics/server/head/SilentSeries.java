package dnd.metrics.server.head;

/**
 * Finishes the open chunks of series that get no samples any more, as those of a container that is
 * gone, so that these chunks can leave the heap hours before a range is cut. What a series then
 * still takes of the heap is less than half of what it did. One that goes on nevertheless begins a
 * new chunk.
 */
final class SilentSeries {
  /** Who got no sample for so long, by the newest sample of all, is silent. */
  static final long SILENT_MILLIS = 10 * 60 * 1000L;

  private static final int PORTION_SERIES = 1024;

  private SilentSeries() {}

  /**
   * Looks at all series, a portion of a sender's under its lock at a time; for one thread, while
   * nothing is cut.
   *
   * @param beforeMillis silent is who has no sample from this time on
   */
  static void finish(Head head, long beforeMillis) {
    for (Sender sender : head.allSenders()) {
      int from = 0;
      boolean more = true;
      while (more && !head.isClosed()) {
        sender.lock();
        try {
          int to = Math.min(sender.ownedCount(), from + PORTION_SERIES);
          for (; from < to; from++) {
            HeadSeries series = head.directory().made(sender.ownedRef(from));
            if (series != null) {
              series.finishIfSilent(beforeMillis);
            }
          }
          more = from < sender.ownedCount();
        } finally {
          sender.unlock();
        }
      }
    }
  }
}
