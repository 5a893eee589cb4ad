package dnd.metrics.client;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The series that changed since they were last collected: a stack without locks (Treiber 1986)
 * whose links are in the series themselves, so that putting one on it allocates nothing. Taken as a
 * whole, so that no link is reused while somebody follows it.
 */
final class ChangedSeries {
  private final AtomicReference<@Nullable Series> top = new AtomicReference<>();
  private final AtomicInteger count = new AtomicInteger();
  private volatile boolean closed;
  private final int batchSize;
  private final Runnable batchIsFull;

  /**
   * @param batchIsFull called by the thread that makes the number reach {@code batchSize}; must
   *     return at once
   */
  ChangedSeries(int batchSize, Runnable batchIsFull) {
    this.batchSize = batchSize;
    this.batchIsFull = batchIsFull;
  }

  /**
   * From the next {@link #take} on, which clears all marks, whoever changes a series gets {@link
   * MetricsException.ClientClosed}.
   */
  void close() {
    closed = true;
  }

  boolean isClosed() {
    return closed;
  }

  /** How many wait to be collected. */
  int count() {
    return count.get();
  }

  /** Puts on a series whose mark the caller has set. */
  void push(Series series) {
    Series head = top.get();
    series.nextChanged = head;
    while (!top.compareAndSet(head, series)) {
      head = top.get();
      series.nextChanged = head;
    }
    if (closed) {
      series.clearMark();
      throw new MetricsException.ClientClosed();
    }
    if (count.incrementAndGet() == batchSize) {
      batchIsFull.run();
    }
  }

  /** Takes all, oldest series first, their marks cleared: their values are to be read now. */
  Collection<Series> take() {
    List<Series> taken = new ArrayList<>();
    Series series = top.getAndSet(null);
    while (series != null) {
      Series next = series.nextChanged;
      series.nextChanged = null;
      taken.add(series);
      series.clearMark();
      series = next;
    }
    count.addAndGet(-taken.size());
    taken.sort(Comparator.comparingLong(Series::number));
    return taken;
  }
}
