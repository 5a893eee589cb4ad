package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.SampleReader;
import dnd.metrics.server.model.Series;
import dnd.metrics.server.model.SeriesSource;
import dnd.metrics.server.promql.plan.Selection;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;

/**
 * What the operators of one query share: the source, the limits, the annotations, the statistics,
 * and a pool of arrays. The pool is for one thread at a time.
 */
final class QueryContext {
  private static final int POOLED_ARRAYS = 64;

  final SeriesSource source;
  final long lookbackMillis;
  final boolean delayedNameRemoval;
  final boolean startTimestamps;
  final AnnotationCollector annotations;
  final MemoryTracker memory;
  final Cancellation cancellation;

  final ReadCounts counts;

  private final ArrayDeque<double[]> pool = new ArrayDeque<>();

  QueryContext(
      SeriesSource source,
      long lookbackMillis,
      boolean delayedNameRemoval,
      boolean startTimestamps,
      AnnotationCollector annotations,
      MemoryTracker memory,
      Cancellation cancellation,
      ReadCounts counts) {
    this.source = source;
    this.lookbackMillis = lookbackMillis;
    this.delayedNameRemoval = delayedNameRemoval;
    this.startTimestamps = startTimestamps;
    this.annotations = annotations;
    this.memory = memory;
    this.cancellation = cancellation;
    this.counts = counts;
  }

  /**
   * @throws QueryException where the query was cancelled or ran into its deadline
   */
  void check() {
    cancellation.check();
  }

  /** The series that a selector finds. */
  List<? extends Series> select(Selection selection) {
    List<? extends Series> found =
        source.select(selection.matchers(), selection.fromMillis(), selection.toMillis());
    counts.addSeries(found.size());
    return found;
  }

  /** Opens the samples of a series that a selector found. */
  SampleReader read(Series series, Selection selection) {
    SampleReader reader = series.read(selection.fromMillis(), selection.toMillis());
    return selection.onlyStatistics() ? new StatisticsReader(reader) : reader;
  }

  /** An array of at least {@code length} with anything in it. */
  double[] array(int length) {
    double[] pooled = pool.pollFirst();
    if (pooled != null && pooled.length == length) {
      return pooled;
    }
    if (pooled != null) {
      memory.release(8L * pooled.length, pooled.length);
    }
    memory.reserve(8L * length, length);
    return new double[length];
  }

  /** An array of at least {@code length} that holds nothing. */
  double[] absentArray(int length) {
    double[] values = array(length);
    Arrays.fill(values, Absent.VALUE);
    return values;
  }

  StepSeries series(Labels labels, boolean dropName, int steps) {
    return new StepSeries(labels, dropName, absentArray(steps));
  }

  /** Takes back an array that nobody uses any more. */
  void release(double[] values) {
    if (pool.size() < POOLED_ARRAYS) {
      pool.addFirst(values);
    } else {
      memory.release(8L * values.length, values.length);
    }
  }

  void release(StepSeries series) {
    release(series.values);
  }

  /** Marks the name to be dropped, or drops it where that is not delayed. */
  void dropName(StepSeries series) {
    if (!delayedNameRemoval) {
      series.labels = MetricNames.drop(series.labels);
    }
    series.dropName = true;
  }
}
