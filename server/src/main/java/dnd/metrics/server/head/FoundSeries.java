package dnd.metrics.server.head;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.Objects;
import java.util.RandomAccess;

/**
 * Series that a search finds, in pages: the collector copies and clears a large array as a whole.
 */
final class FoundSeries extends AbstractList<HeadSeries> implements RandomAccess {
  private static final int PAGE_BITS = 10;
  private static final int PAGE_SIZE = 1 << PAGE_BITS;

  private final int most;
  private HeadSeries[][] pages = new HeadSeries[1][];
  private int size;

  /**
   * @param most how many there may be
   */
  FoundSeries(int most) {
    this.most = most;
  }

  void append(HeadSeries series) {
    int page = size >>> PAGE_BITS;
    int place = size & PAGE_SIZE - 1;
    if (place == 0) {
      if (page == pages.length) {
        pages = Arrays.copyOf(pages, 2 * page);
      }
      pages[page] = new HeadSeries[Math.min(PAGE_SIZE, most - size)];
    }
    pages[page][place] = series;
    size++;
  }

  @Override
  public HeadSeries get(int i) {
    Objects.checkIndex(i, size);
    return pages[i >>> PAGE_BITS][i & PAGE_SIZE - 1];
  }

  @Override
  public int size() {
    return size;
  }
}
