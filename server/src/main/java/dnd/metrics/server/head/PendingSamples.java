package dnd.metrics.server.head;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Floats that the log has for series of a checkpoint which are not made yet, so that a start need
 * not make every series that was written lately: for each series a ring of entries, in the order of
 * the log, whose times ascend. They are outside the heap, since all of them live until the first
 * collections are over. Filled by one thread before anybody else uses the head; then each series'
 * are taken once, by whoever makes it.
 */
final class PendingSamples {
  private static final int PAGE_BITS = 15;
  private static final int PAGE_MASK = (1 << PAGE_BITS) - 1;

  /**
   * An entry: time, value, and the number of the one behind it, of the last one that of the first.
   */
  private static final int ENTRY_BYTES = 24;

  private static final int VALUE = 8;
  private static final int NEXT = 16;

  /** By place, one more than its last entry; 0 for none. */
  private final int[] last;

  private final List<ByteBuffer> pages = new ArrayList<>();
  private int size;

  PendingSamples(int places) {
    last = new int[places];
  }

  boolean isEmpty() {
    return size == 0;
  }

  boolean has(int place) {
    return size > 0 && last[place] != 0;
  }

  private ByteBuffer page(int entry) {
    return pages.get(entry >>> PAGE_BITS);
  }

  private static int at(int entry) {
    return (entry & PAGE_MASK) * ENTRY_BYTES;
  }

  /** Time of the last one; for a place that has some. */
  long lastMillis(int place) {
    int e = last[place] - 1;
    return page(e).getLong(at(e));
  }

  /** Adds one behind those of the same place. */
  void add(int place, long timeMillis, double value) {
    int e = size++;
    if ((e & PAGE_MASK) == 0) {
      pages.add(ByteBuffer.allocateDirect(ENTRY_BYTES << PAGE_BITS).order(ByteOrder.nativeOrder()));
    }
    ByteBuffer page = page(e);
    int at = at(e);
    page.putLong(at, timeMillis);
    page.putDouble(at + VALUE, value);
    int before = last[place] - 1;
    if (before < 0) {
      page.putInt(at + NEXT, e);
    } else {
      ByteBuffer ring = page(before);
      page.putInt(at + NEXT, ring.getInt(at(before) + NEXT));
      ring.putInt(at(before) + NEXT, e);
    }
    last[place] = e + 1;
  }

  /** Appends those of a place to its series, which has what came before and no one else has. */
  void appendTo(HeadSeries series, int place) {
    if (!has(place)) {
      return;
    }
    int end = last[place] - 1;
    int e = end;
    do {
      e = page(e).getInt(at(e) + NEXT);
      series.append(page(e).getLong(at(e)), page(e).getDouble(at(e) + VALUE));
    } while (e != end);
  }
}
