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
 * looked at, in runs. A run is entries in a row of one record that are of one group of neighbors;
 * who makes a series reads the runs of its group. Times of a series ascend. They are outside the
 * heap, since all of them live until the first collections are over. Filled by one thread before
 * anybody else uses the head; then each series' floats are taken once, by whoever makes it.
 */
final class PendingRecords {
  /** Series whose places differ in these bits only are a group. */
  private static final int GROUP_BITS = 3;

  private static final int PAGE_BITS = 20;
  private static final int PAGE_MASK = (1 << PAGE_BITS) - 1;

  /**
   * A run: the position of the one behind it of the same group, of the last one that of the first;
   * the record's number; time and series that the first entry counts from; the length of the
   * entries; the entries.
   */
  private static final int RECORD = 8;

  private static final int TIME = 16;
  private static final int SERIES = 24;
  private static final int LENGTH = 28;
  private static final int HEAD_BYTES = 32;

  private static final long NONE = Long.MIN_VALUE;

  /** By place, the time of the last float; {@link #NONE} where there is none. */
  private final long[] lastMillis;

  /** By group, one more than the position of its last run; 0 for none. */
  private final long[] last;

  private final List<ByteBuffer> pages = new ArrayList<>();

  /** The last run of all: its group, its record, and where its last entry ends in that. */
  private int runGroup = -1;

  private long runRecord = NONE;
  private int runEnd;

  /** Where it begins in its page. */
  private int runAt;

  PendingRecords(int places) {
    lastMillis = new long[places];
    Arrays.fill(lastMillis, NONE);
    last = new long[(places >>> GROUP_BITS) + 1];
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

  /**
   * Adds the float that a reader has just read, behind all that its place has already.
   *
   * @param record the record's number
   */
  void add(int place, long timeMillis, long record, EventRecordReader reader) {
    lastMillis[place] = timeMillis;
    int group = place >>> GROUP_BITS;
    int begin = reader.entryBegin();
    int length = reader.entryEnd() - begin;
    if (group != runGroup
        || record != runRecord
        || begin != runEnd
        || pages.getLast().remaining() < length) {
      beginRun(group, record, reader, length);
    }
    ByteBuffer page = pages.getLast();
    reader.copyFloat(page);
    page.putInt(runAt + LENGTH, page.getInt(runAt + LENGTH) + length);
    runEnd = begin + length;
  }

  private void beginRun(int group, long record, EventRecordReader reader, int length) {
    if (pages.isEmpty() || pages.getLast().remaining() < HEAD_BYTES + length) {
      pages.add(ByteBuffer.allocateDirect(1 << PAGE_BITS).order(ByteOrder.nativeOrder()));
    }
    ByteBuffer page = pages.getLast();
    runGroup = group;
    runRecord = record;
    runAt = page.position();
    long position = ((long) pages.size() - 1) << PAGE_BITS | runAt;
    long before = last[group] - 1;
    long first = position;
    if (before >= 0) {
      first = page(before).getLong(at(before));
      page(before).putLong(at(before), position);
    }
    last[group] = position + 1;
    page.putLong(first).putLong(record).putLong(reader.timeBefore());
    page.putInt(reader.seriesBefore()).putInt(0);
  }

  private ByteBuffer page(long position) {
    return pages.get((int) (position >>> PAGE_BITS));
  }

  private static int at(long position) {
    return (int) position & PAGE_MASK;
  }

  /**
   * Appends the floats of a place to its series, which has what came before and no one else has.
   *
   * @param storedSequence what records up to this one did to the series was done
   */
  void appendTo(HeadSeries series, int place, long storedSequence) {
    if (!has(place)) {
      return;
    }
    EventRecordReader reader = new EventRecordReader();
    byte[] entries = new byte[256];
    long end = last[place >>> GROUP_BITS] - 1;
    long run = end;
    do {
      run = page(run).getLong(at(run));
      ByteBuffer page = page(run);
      int at = at(run);
      if (page.getLong(at + RECORD) > storedSequence) {
        int length = page.getInt(at + LENGTH);
        if (entries.length < length) {
          entries = new byte[length];
        }
        page.get(at + HEAD_BYTES, entries, 0, length);
        reader.floats(
            entries,
            length,
            page.getInt(at + SERIES),
            page.getLong(at + TIME),
            (ref, timeMillis, value) -> {
              if (ref == series.ref) {
                series.append(timeMillis, value);
              }
            });
      }
    } while (run != end);
  }
}
