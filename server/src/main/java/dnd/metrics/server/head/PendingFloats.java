package dnd.metrics.server.head;

import dnd.metrics.server.wal.EventRecordReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Floats that the log has for series of a checkpoint which are not made yet, so that a start need
 * not make every series that was written lately: as they stand in the log's records, which were
 * looked at, in runs. A run is entries in a row of one record; each group of neighbors that has
 * floats in it has a link to it, and who makes a series reads the runs of its group. Times of a
 * series ascend. They are outside the heap, since all of them live until the first collections are
 * over. Filled by one thread before anybody else uses the head; then each series' floats are taken
 * once, by whoever makes it.
 */
final class PendingFloats {
  /** Series whose places differ in these bits only are a group. */
  private static final int GROUP_BITS = 3;

  /** The entries of a run together: who makes a series reads those of others, too. */
  private static final int RUN_BYTES = 128;

  private static final int PAGE_BITS = 20;
  private static final int PAGE_MASK = (1 << PAGE_BITS) - 1;

  /**
   * A run, from the beginning of a page on: time and series that the first entry counts from; the
   * length of the entries; the entries.
   */
  private static final int SERIES = 8;

  private static final int LENGTH = 12;
  private static final int HEAD_BYTES = 16;

  /**
   * A link, from the end of a page on: the position of the group's next one, of the last one that
   * of the first; below it where its run begins in the same page.
   */
  private static final int LINK_BYTES = 8;

  private static final long NONE = Long.MIN_VALUE;

  private final EventRecordReader reader;

  /** By place, the time of the last float; {@link #NONE} where there is none. */
  private final long[] lastMillis;

  /** By group, one more than the position of its last link; 0 for none. */
  private final long[] last;

  private final List<ByteBuffer> pages = new ArrayList<>();

  /** What is left of the last page: runs end at its position, links begin at its limit. */
  private ByteBuffer page = ByteBuffer.allocate(0);

  /**
   * The run whose entries are still in the record that is being read: where it begins in its page,
   * where its entries begin and end in the record (-1 when there is no such run), and the group
   * that was linked to it last.
   */
  private int runAt;

  private int runBegin;
  private int runEnd = -1;
  private int runGroup;

  /**
   * @param places how many series there are
   * @param reader reads the log
   */
  PendingFloats(int places, EventRecordReader reader) {
    this.reader = reader;
    lastMillis = new long[places];
    Arrays.fill(lastMillis, NONE);
    last = new long[(places >>> GROUP_BITS) + 1];
  }

  /** No series, no floats. */
  static PendingFloats none() {
    return new PendingFloats(0, new EventRecordReader());
  }

  boolean isEmpty() {
    return pages.isEmpty();
  }

  boolean has(int place) {
    return !isEmpty() && lastMillis[place] != NONE;
  }

  /** Time of the last float of a place; of one that has some. */
  long lastMillis(int place) {
    return lastMillis[place];
  }

  /** Adds the float that the reader has just read, behind all that its place has already. */
  void add(int place, long timeMillis) {
    lastMillis[place] = timeMillis;
    int group = place >>> GROUP_BITS;
    int end = reader.entryEnd();
    if (reader.entryBegin() != runEnd
        || end - runBegin > RUN_BYTES
        || page.remaining() < end - runBegin + LINK_BYTES) {
      endRun();
      beginRun();
      link(group);
    } else if (group != runGroup) {
      link(group);
    }
    runEnd = end;
  }

  private void beginRun() {
    if (page.remaining() < HEAD_BYTES + RUN_BYTES + LINK_BYTES) {
      ByteBuffer whole = ByteBuffer.allocateDirect(1 << PAGE_BITS).order(ByteOrder.nativeOrder());
      pages.add(whole);
      page = whole.duplicate().order(ByteOrder.nativeOrder());
    }
    runAt = page.position();
    runBegin = reader.entryBegin();
    page.putLong(reader.timeBefore()).putInt(reader.seriesBefore()).putInt(0);
  }

  private void link(int group) {
    runGroup = group;
    long before = last[group] - 1;
    long number = pages.size() - 1L;
    if (before >>> PAGE_BITS == number && runOf(before) == runAt) {
      return; // already, before floats of other groups
    }
    page.limit(page.limit() - LINK_BYTES);
    long position = number << PAGE_BITS | page.limit();
    long first = position;
    if (before >= 0) {
      first = next(before);
      setLink(before, position, runOf(before));
    }
    setLink(position, first, runAt);
    last[group] = position + 1;
  }

  /** The record was read to its end, or a series is made of what was read of it. */
  void endRun() {
    if (runEnd >= 0) {
      page.putInt(runAt + LENGTH, runEnd - runBegin);
      reader.copyEntries(runBegin, runEnd, page);
      runEnd = -1;
    }
  }

  private long linkAt(long position) {
    return pages.get((int) (position >>> PAGE_BITS)).getLong((int) position & PAGE_MASK);
  }

  private void setLink(long position, long next, int run) {
    pages
        .get((int) (position >>> PAGE_BITS))
        .putLong((int) position & PAGE_MASK, next << PAGE_BITS | run);
  }

  private long next(long position) {
    return linkAt(position) >>> PAGE_BITS;
  }

  private int runOf(long position) {
    return (int) linkAt(position) & PAGE_MASK;
  }

  /**
   * Appends the floats of a place to its series, which has what came before and no one else has.
   */
  void appendTo(HeadSeries series, int place) {
    if (!has(place)) {
      return;
    }
    endRun();
    EventRecordReader entryReader = new EventRecordReader();
    byte[] entries = new byte[RUN_BYTES];
    long end = last[place >>> GROUP_BITS] - 1;
    long link = end;
    do {
      link = next(link);
      ByteBuffer in = pages.get((int) (link >>> PAGE_BITS));
      int at = runOf(link);
      int length = in.getInt(at + LENGTH);
      in.get(at + HEAD_BYTES, entries, 0, length);
      entryReader.floats(
          entries,
          length,
          in.getInt(at + SERIES),
          in.getLong(at),
          (ref, timeMillis, value) -> {
            if (ref == series.ref) {
              series.append(timeMillis, value);
            }
          });
    } while (link != end);
  }
}
