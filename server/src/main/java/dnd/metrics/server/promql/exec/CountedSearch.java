package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.SearchProgress;
import dnd.metrics.server.model.Series;
import java.util.List;

/**
 * Counts what a search for series finds while it goes on, so that it ends where the query's memory
 * does. What the answer will take for them is asked for beforehand and given back when the search
 * is over: the rows are counted as they are made.
 */
final class CountedSearch implements SearchProgress {
  private static final int PLACE_BYTES = 8;
  private static final int LEAST_RESERVED = 64 << 10;

  private final QueryContext context;
  private final long rowBytes;
  private long pending;
  private long reserved;

  /**
   * @param rowBytes what the answer takes for each series at least, without its labels; 0 where it
   *     may have no row for a series
   */
  CountedSearch(QueryContext context, long rowBytes) {
    this.context = context;
    this.rowBytes = rowBytes;
  }

  @Override
  public void check() {
    context.check();
  }

  @Override
  public void found(Series series) {
    pending += PLACE_BYTES + series.selectedBytes();
    if (rowBytes > 0) {
      pending += rowBytes + series.newLabelBytes();
    }
    if (pending >= LEAST_RESERVED) {
      reserve();
    }
  }

  private void reserve() {
    long bytes = pending;
    pending = 0;
    reserved += bytes;
    context.memory.reserve(bytes, 0);
  }

  /** Counts what was found in the place of what the search went through. */
  void settle(List<? extends Series> found) {
    reserve();
    long bytes = (long) PLACE_BYTES * found.size();
    for (Series series : found) {
      context.checkNowAndThen();
      bytes += series.selectedBytes();
    }
    context.memory.release(reserved, 0);
    context.memory.reserve(bytes, 0);
  }
}
