package dnd.metrics.server.head;

import dnd.metrics.server.disk.DiskPace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * Cuts the ranges of a head that are over into blocks. A range is over when the newest sample lies
 * half a range behind its end, as in Prometheus, whose head then spans one and a half ranges; what
 * came late for ranges that were cut before goes into further blocks of theirs, up to a time.
 *
 * <p>For each range: the samples are collected, a portion of a sender's series under the sender's
 * lock at a time; a block is written without any lock; then exactly what was collected is
 * forgotten. In the end series without samples leave the head, and senders without series. A series
 * that cannot be read is passed over, and stays.
 *
 * <p>Used once, by one thread, while no checkpoint is written.
 */
final class HeadCut {
  static final long RANGE_MILLIS = HeadSeries.RANGE_MILLIS;

  /**
   * How long, by the newest sample, a sender is remembered that sends nothing, and a series that
   * the service itself adds up: its total goes on where it stood.
   */
  static final long REMEMBERED_MILLIS = 12 * RANGE_MILLIS;

  private final Head head;
  private final BlockSink sink;
  private final DiskPace pace;
  private final long newestMillis;
  private final long endMillis;

  /** How many deletions there had been when this began. */
  private final long deletions;

  private boolean overtaken;

  /** What is left to be cut, by the ranges in which it goes on. */
  private final NavigableMap<Long, List<SeriesCut>> ranges = new TreeMap<>();

  /**
   * @param endMillis of the last range to be cut, which is over
   */
  HeadCut(Head head, BlockSink sink, long newestMillis, long endMillis, DiskPace pace) {
    this.head = head;
    this.sink = sink;
    this.pace = pace;
    this.newestMillis = newestMillis;
    this.endMillis = endMillis;
    this.deletions = head.deletions();
  }

  /** The end of the last range that is over, where the newest sample is at that time. */
  static long endMillis(long newestMillis) {
    if (newestMillis < Long.MIN_VALUE + 2 * RANGE_MILLIS) {
      return Long.MIN_VALUE;
    }
    return Math.floorDiv(newestMillis - RANGE_MILLIS / 2, RANGE_MILLIS) * RANGE_MILLIS;
  }

  /**
   * Cuts.
   *
   * @return how many blocks were written; see {@link #isOvertaken}
   * @throws IOException where a block could not be written: ranges before it are cut, it and those
   *     behind it are as they were
   */
  int run() throws IOException {
    List<SeriesCut> cuts = collect();
    if (cuts.isEmpty()) {
      removeWhatIsOver();
      return 0;
    }
    head.awaitDurable(); // no block holds what a power cut would take from the log
    cuts.forEach(cut -> addBehind(Long.MIN_VALUE, cut));
    int blocks = 0;
    while (!ranges.isEmpty()) {
      Map.Entry<Long, List<SeriesCut>> range = ranges.pollFirstEntry();
      if (!cut(range.getKey(), range.getValue())) {
        return blocks;
      }
      blocks++;
      if (overtaken) {
        return blocks;
      }
    }
    removeWhatIsOver();
    return blocks;
  }

  /** Cuts one range; false where that came to nothing, as something was deleted meanwhile. */
  private boolean cut(long from, List<SeriesCut> cuts) throws IOException {
    long to = from + RANGE_MILLIS;
    cuts.sort((a, b) -> HeadSeries.compareLabels(a.series(), b.series()));
    Set<SeriesCut> damaged = new HashSet<>();
    head.chunkStore().lookAnew();
    CutCursor cursor = new CutCursor(head, cuts, from, to, damaged);
    if (!sink.write(cursor, from, to, pace, this::isStillTrue)) {
      overtaken = true;
      return false;
    }
    cuts.removeAll(damaged); // not in the block: not to be forgotten
    for (SeriesCut cut : cuts) {
      forget(cut, from, to);
      addBehind(to, cut);
    }
    return true;
  }

  /** Adds a cut to the range of its first samples from a time on, if it has some. */
  private void addBehind(long fromMillis, SeriesCut cut) {
    long first = cut.firstMillisFrom(fromMillis);
    if (first != Long.MAX_VALUE) {
      long range = Math.floorDiv(first, RANGE_MILLIS) * RANGE_MILLIS;
      ranges.computeIfAbsent(range, r -> new ArrayList<>()).add(cut);
    }
  }

  private List<SeriesCut> collect() throws HeadUnavailableException {
    List<SeriesCut> cuts = new ArrayList<>();
    for (Sender sender : head.allSenders()) {
      int from = 0;
      while (from >= 0) {
        head.checkAvailable();
        from = sender.visitOwned(from, ref -> collect(ref, cuts));
      }
    }
    return cuts;
  }

  private void collect(int ref, List<SeriesCut> cuts) {
    SeriesDirectory directory = head.directory();
    if (directory.oldestMillis(ref) < endMillis && !directory.isStillDamaged(ref)) {
      HeadSeries series = directory.readable(ref); // one that is damaged waits for a start
      SeriesCut cut = series == null ? null : series.cutBefore(endMillis);
      if (cut != null) {
        cuts.add(cut);
      }
    }
  }

  private boolean isStillTrue() {
    return head.deletions() == deletions;
  }

  /**
   * Whether something was deleted meanwhile, so that what was collected is not what there is: what
   * was not forgotten by then stays in the head, and is to be cut anew.
   */
  boolean isOvertaken() {
    return overtaken;
  }

  private void forget(SeriesCut cut, long fromMillis, long toMillis) {
    if (overtaken || !cut.hasSamples(fromMillis, toMillis)) {
      return;
    }
    Sender sender = cut.series().sender;
    sender.lock();
    try {
      if (isStillTrue()) {
        cut.series().forget(cut, fromMillis, toMillis);
      } else {
        overtaken = true;
      }
    } catch (DamagedSeriesException e) { // it keeps what the block has, too, and is not cut again
      head.directory().noteDamaged(cut.series(), e);
    } finally {
      sender.unlock();
    }
  }

  /**
   * Series of a sender whose newest sample is before that may leave. The times of one that still
   * sends may lie hours behind those of others: its series end by its own times, so that one that
   * its next report lacks can be marked as ended.
   */
  private long overMillis(Sender sender, long lastReceivedMillis) {
    long newest = sender.newestMillis();
    long received = sender.lastReceivedMillis();
    boolean isSilent =
        received == Long.MIN_VALUE || received < lastReceivedMillis - RANGE_MILLIS / 2;
    return isSilent || newest == Long.MIN_VALUE
        ? endMillis
        : Math.min(endMillis, endMillis(newest));
  }

  private void removeWhatIsOver() {
    long rememberedMillis = newestMillis - REMEMBERED_MILLIS;
    long lastReceived = head.lastReceivedMillis();
    for (Sender sender : head.allSenders()) {
      sender.lock();
      try {
        List<HeadSeries> gone = sender.disown(overMillis(sender, lastReceived), rememberedMillis);
        if (!gone.isEmpty()) {
          head.remove(gone);
        }
        sender.recountTimes();
        if (sender.isForgotten()
            && Math.max(sender.newestMillis(), sender.eventIds.newestMillis()) < rememberedMillis) {
          head.remove(sender);
        }
      } finally {
        sender.unlock();
      }
    }
  }
}
