package dnd.metrics.server.head;

import dnd.metrics.server.wal.EventRecord;

/**
 * Takes series that get no samples any more, as those of a container that is gone, out of the heap
 * hours before a range is cut: their open chunks are finished, so that these can go into a file,
 * and once all chunks of one are in files it is {@link ParkedSeries parked}. One that goes on
 * nevertheless is made again, and begins a new chunk. Looks at all series once, on one thread,
 * while nothing is cut and no checkpoint is written.
 */
final class SilentSeries {
  /** Who got no sample for so long, by the newest sample of all, is silent. */
  static final long SILENT_MILLIS = 10 * 60 * 1000L;

  private final Head head;
  private final long beforeMillis;
  private final CheckpointBytes room = new CheckpointBytes();
  private final EventRecord scratch = new EventRecord();
  private final ChunkFileUses uses = new ChunkFileUses();

  /**
   * @param beforeMillis silent is who has no sample from this time on
   */
  SilentSeries(Head head, long beforeMillis) {
    this.head = head;
    this.beforeMillis = beforeMillis;
  }

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

  /** Looks at a portion of a sender's series under its lock at a time. */
  void finish() {
    for (Sender sender : head.allSenders()) {
      int from = 0;
      while (from >= 0 && !head.isClosed()) {
        from = sender.visitOwned(from, this::finish);
      }
    }
  }

  private void finish(int ref) {
    HeadSeries series = head.directory().made(ref);
    if (series == null || !series.finishIfSilent(beforeMillis)) {
      return;
    }
    ParkedSeries parked = series.park(room, scratch, uses);
    if (parked != null) {
      head.directory().park(series, parked);
      series.empty();
    }
  }
}
