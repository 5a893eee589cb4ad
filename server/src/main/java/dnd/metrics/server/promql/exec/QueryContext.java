package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Downsampling;
import dnd.metrics.server.model.Labeled;
import dnd.metrics.server.model.SampleReader;
import dnd.metrics.server.model.Series;
import dnd.metrics.server.model.SeriesSource;
import dnd.metrics.server.promql.plan.Selection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the operators of one query share: the source, the limits, the annotations, the statistics,
 * and a pool of arrays. Safe for use by the query's thread and those that help it.
 */
final class QueryContext {
  final SeriesSource source;
  final long lookbackMillis;
  final boolean delayedNameRemoval;
  final boolean startTimestamps;
  final AnnotationCollector annotations;
  final MemoryTracker memory;
  final Cancellation cancellation;

  final ReadCounts counts;

  /** Threads that may help. */
  final HelperThreads helpers;

  /** What the operators cost, where the query is measured. */
  final @Nullable Measurements measurements;

  private static final int CALLS_PER_CHECK = 512;

  private final boolean alone;
  private @Nullable Selection kept;
  private long keptBytes;
  private int calls;
  private final ArrayPool pool;
  private final List<Runnable> endings = new ArrayList<>();

  /**
   * @param alone whether it is one of few queries that run, and may take what helpers are idle
   */
  QueryContext(
      SeriesSource source,
      long lookbackMillis,
      boolean delayedNameRemoval,
      boolean startTimestamps,
      AnnotationCollector annotations,
      MemoryTracker memory,
      Cancellation cancellation,
      ReadCounts counts,
      HelperThreads helpers,
      boolean alone,
      boolean measured) {
    this.source = source;
    this.lookbackMillis = lookbackMillis;
    this.delayedNameRemoval = delayedNameRemoval;
    this.startTimestamps = startTimestamps;
    this.annotations = annotations;
    this.memory = memory;
    this.cancellation = cancellation;
    this.counts = counts;
    this.helpers = helpers;
    this.alone = alone;
    this.measurements = measured ? new Measurements(counts) : null;
    this.pool = new ArrayPool(memory);
  }

  /** Whether other threads may evaluate parts of this query. */
  boolean mayHaveHelp() {
    return alone && measurements == null && helpers.count() > 0;
  }

  /** Something to do when the query is over, however it ended. For the query's thread. */
  void whenOver(Runnable ending) {
    endings.add(ending);
  }

  void end() {
    endings.forEach(Runnable::run);
  }

  /**
   * @throws QueryException where the query was cancelled or ran into its deadline
   */
  void check() {
    cancellation.check();
  }

  /** {@link #check} for loops whose turns are short: looks once in some hundred calls. */
  void checkNowAndThen() {
    // Threads that help may lose each other's counts, which makes the looks come later, not never.
    if ((++calls & CALLS_PER_CHECK - 1) == 0) {
      check();
    }
  }

  /** The same order, in which a sort can be stopped. */
  <T> Comparator<T> stoppable(Comparator<? super T> order) {
    return (a, b) -> {
      checkNowAndThen();
      return order.compare(a, b);
    };
  }

  /** The series that a selector finds. */
  List<? extends Series> select(Selection selection) {
    Downsampling downsampling = selection.downsampling();
    long from = selection.fromMillis();
    long to = selection.toMillis();
    CountedSearch search = new CountedSearch(this, selection.equals(kept) ? keptBytes : 0);
    List<? extends Series> found =
        downsampling == null
            ? source.select(selection.matchers(), from, to, search)
            : source.select(selection.matchers(), from, to, downsampling, search);
    counts.addSeries(found.size());
    search.settle(found);
    return found;
  }

  /**
   * Says that the answer has a row for each series of a selector, so that a search that finds more
   * than there is room for need not go on.
   *
   * @param selection null where there is no such selector
   * @param bytes what a row takes at least, without its labels
   */
  void willKeep(@Nullable Selection selection, long bytes) {
    kept = selection;
    keptBytes = bytes;
  }

  /** Opens the samples of a series that a selector found. */
  SampleReader read(Series series, Selection selection) {
    SampleReader reader = series.read(selection.fromMillis(), selection.toMillis());
    return selection.onlyStatistics() ? new StatisticsReader(reader) : reader;
  }

  /** An array of at least {@code length} with anything in it. */
  double[] array(int length) {
    return pool.take(length);
  }

  /** An array of at least {@code length} that holds nothing. */
  double[] absentArray(int length) {
    double[] values = array(length);
    Arrays.fill(values, Absent.VALUE);
    return values;
  }

  StepSeries series(Labeled labeled, boolean dropName, int steps) {
    return new StepSeries(labeled, dropName, absentArray(steps));
  }

  /** Takes back an array that nobody uses any more. */
  void release(double[] values) {
    pool.give(values);
  }

  void release(StepSeries series) {
    release(series.values);
    memory.release(series.countedBytes, 0);
    series.countedBytes = 0;
  }

  /** Counts what a series takes now beside its values: for whoever made labels or histograms. */
  void count(StepSeries series) {
    long bytes = series.bytesBesideValues();
    if (bytes > series.countedBytes) {
      memory.reserve(bytes - series.countedBytes, 0);
    } else if (bytes < series.countedBytes) {
      memory.release(series.countedBytes - bytes, 0);
    }
    series.countedBytes = bytes;
  }

  /** Marks the name to be dropped, or drops it where that is not delayed. */
  void dropName(StepSeries series) {
    if (!delayedNameRemoval) {
      series.dropNameNow();
    }
    series.dropName = true;
  }
}
