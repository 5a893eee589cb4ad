package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.SearchProgress;
import dnd.metrics.server.model.Series;
import dnd.metrics.server.model.UnreadableSamplesException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A search for series that is no query's and has the limits of one: it ends at its deadline, where
 * it would hold too much, and when it is cancelled by its id, until which it is listed ({@link
 * QueryEngine#search}). Whoever searches hands it to the source, and closes it when the answer is
 * sent. For one thread.
 */
public final class SeriesSearch implements SearchProgress, AutoCloseable {
  /** What a series, or its labels, takes in a list or in a tree. */
  private static final int PLACE_BYTES = 48;

  private final Cancellation cancellation;
  private final MemoryTracker memory;
  private final ReadCounts counts;
  private final Runnable ending;
  private final Set<String> leftOut = new LinkedHashSet<>();

  /** What the series take that were found since {@link #settle}. */
  private long foundBytes;

  SeriesSearch(
      Cancellation cancellation, MemoryTracker memory, ReadCounts counts, Runnable ending) {
    this.cancellation = cancellation;
    this.memory = memory;
    this.counts = counts;
    this.ending = ending;
  }

  /**
   * @throws QueryException where it was cancelled or ran into its deadline
   */
  @Override
  public void check() {
    cancellation.check();
  }

  /**
   * @throws QueryException where there is no room for it
   */
  @Override
  public void found(Series series) {
    long bytes = PLACE_BYTES + series.selectedBytes();
    memory.reserve(bytes, 0);
    foundBytes += bytes;
    counts.addSeries(1);
  }

  /** Counts the labels of a series, which are kept until this is closed. */
  public void keepLabels(Series series) {
    memory.reserve(PLACE_BYTES + series.newLabelBytes(), 0);
  }

  /** The series that were found are not needed any more, but for their labels. */
  public void settle() {
    memory.release(foundBytes, 0);
    foundBytes = 0;
  }

  @Override
  public void leftOut(UnreadableSamplesException why) {
    leftOut.add(String.valueOf(why.getMessage()));
  }

  /** What could not be read, each once. */
  public List<String> leftOut() {
    return List.copyOf(leftOut);
  }

  @Override
  public void close() {
    memory.close();
    ending.run();
  }
}
