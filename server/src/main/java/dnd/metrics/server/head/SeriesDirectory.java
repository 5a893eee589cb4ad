package dnd.metrics.server.head;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Series by their numbers in the index, in pages, so that growing copies no series. One thread at a
 * time adds and removes; any number read without a lock.
 */
final class SeriesDirectory {
  private static final int PAGE_BITS = 12;
  private static final int PAGE_MASK = (1 << PAGE_BITS) - 1;

  /** In place of pages whose series have all gone. */
  private static final AtomicReferenceArray<HeadSeries> NONE =
      new AtomicReferenceArray<>(1 << PAGE_BITS);

  private volatile AtomicReferenceArray<HeadSeries>[] pages = newPages(0);
  private volatile int size;
  private volatile int count;

  @SuppressWarnings({"unchecked", "rawtypes"}) // Java has no arrays of generic types
  private static AtomicReferenceArray<HeadSeries>[] newPages(int count) {
    return new AtomicReferenceArray[count];
  }

  /** Adds a series; its number is the count of those before. */
  void add(HeadSeries series) {
    int number = series.number;
    AtomicReferenceArray<HeadSeries>[] p = pages;
    int page = number >>> PAGE_BITS;
    if (page == p.length) {
      p = Arrays.copyOf(p, page + 1);
      p[page] = new AtomicReferenceArray<>(1 << PAGE_BITS);
      pages = p;
    }
    p[page].setRelease(number & PAGE_MASK, series);
    size = number + 1;
    int more = count + 1;
    count = more;
  }

  /** Takes a series out; its number is not given again. */
  void remove(HeadSeries series) {
    int page = series.number >>> PAGE_BITS;
    AtomicReferenceArray<HeadSeries>[] p = pages;
    p[page].setRelease(series.number & PAGE_MASK, null);
    int fewer = count - 1;
    count = fewer;
    if (page < p.length - 1 && isEmpty(p[page])) {
      AtomicReferenceArray<HeadSeries>[] copy = p.clone();
      copy[page] = NONE;
      pages = copy;
    }
  }

  private static boolean isEmpty(AtomicReferenceArray<HeadSeries> page) {
    for (int i = 0; i < page.length(); i++) {
      if (page.getPlain(i) != null) {
        return false;
      }
    }
    return true;
  }

  /** Calls with each series that is there, in order of their numbers. */
  void forEach(Consumer<HeadSeries> consumer) {
    for (AtomicReferenceArray<HeadSeries> page : pages) {
      for (int i = 0; page != NONE && i < page.length(); i++) {
        HeadSeries series = page.getAcquire(i);
        if (series != null) {
          consumer.accept(series);
        }
      }
    }
  }

  /** How many there are. */
  int count() {
    return count;
  }

  /** The series, or null while it is being made. */
  @Nullable HeadSeries get(int number) {
    AtomicReferenceArray<HeadSeries>[] p = pages;
    int page = number >>> PAGE_BITS;
    return page < p.length ? p[page].getAcquire(number & PAGE_MASK) : null;
  }

  /** The next series' number. */
  int size() {
    return size;
  }
}
