package dnd.metrics.server.head;

import org.jspecify.annotations.Nullable;

/**
 * Finishes the open chunks of series that get no samples any more, as those of a container that is
 * gone, so that these chunks can leave the heap hours before a range is cut. What a series then
 * still takes of the heap is less than half of what it did. One that goes on nevertheless begins a
 * new chunk.
 */
final class SilentSeries {
  /** Who got no sample for so long, by the newest sample of all, is silent. */
  static final long SILENT_MILLIS = 10 * 60 * 1000L;

  private SilentSeries() {}

  /**
   * From when on a series that is not silent has a sample.
   *
   * @param newestMillis of all samples; the smallest long for none
   * @param futureMillis so far one sender's clock may be ahead, which makes no other silent
   */
  static long beforeMillis(long newestMillis, long futureMillis) {
    return newestMillis == Long.MIN_VALUE
        ? Long.MIN_VALUE
        : newestMillis - futureMillis - SILENT_MILLIS;
  }

  /**
   * Looks at all series, a portion of a sender's under its lock at a time; for one thread, while
   * nothing is cut.
   *
   * @param beforeMillis silent is who has no sample from this time on
   */
  static void finish(Head head, long beforeMillis) {
    for (Sender sender : head.allSenders()) {
      int from = 0;
      while (from >= 0 && !head.isClosed()) {
        from = sender.visitOwned(from, ref -> finish(head.directory().made(ref), beforeMillis));
      }
    }
  }

  private static void finish(@Nullable HeadSeries series, long beforeMillis) {
    if (series != null) {
      series.finishIfSilent(beforeMillis);
    }
  }
}
