package dnd.metrics.server.head;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Series by their numbers in the index, in pages, so that growing copies no series. One thread at a
 * time adds; any number read without a lock.
 */
final class SeriesDirectory {
  private static final int PAGE_BITS = 12;
  private static final int PAGE_MASK = (1 << PAGE_BITS) - 1;

  private volatile AtomicReferenceArray<HeadSeries>[] pages = newPages(0);
  private volatile int size;

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
  }

  /** The series, or null while it is being made. */
  @Nullable HeadSeries get(int number) {
    AtomicReferenceArray<HeadSeries>[] p = pages;
    int page = number >>> PAGE_BITS;
    return page < p.length ? p[page].getAcquire(number & PAGE_MASK) : null;
  }

  int size() {
    return size;
  }
}
