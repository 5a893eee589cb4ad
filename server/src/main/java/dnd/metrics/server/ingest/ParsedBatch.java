package dnd.metrics.server.ingest;

import dnd.metrics.events.RejectedMetric;
import dnd.metrics.server.head.Sender;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A push or report that was read, whichever way: the envelope's fields and a row for each metric
 * that is well-formed. Reused from event to event; for one thread.
 */
final class ParsedBatch {
  static final long NO_TIME = Long.MIN_VALUE;

  private static final int FIRST_ROWS = 16;

  /** Room for so many rows is kept whatever comes. */
  private static final int KEPT_ROWS = 1024;

  /** The list of rejected metrics is not kept when there were more. */
  private static final int MOST_KEPT_REJECTED = 256;

  /** Whether it is a report, a full snapshot of its sender. */
  boolean report;

  /** The CloudEvents id, or null. */
  @Nullable String eventId;

  String correlationId = "";
  String service = "";
  String instance = "";

  /** The sender, where the predictor knows it already. */
  @Nullable Sender sender;

  /** The number of metrics that the event holds, the rejected ones included. */
  int metricCount;

  int rows;
  KnownMetric[] metrics = new KnownMetric[FIRST_ROWS];
  double[] values = new double[FIRST_ROWS];

  /** A row's own time, or {@link #NO_TIME} for that of the event. */
  long[] times = new long[FIRST_ROWS];

  /** A row's place in the event. */
  int[] indexes = new int[FIRST_ROWS];

  /** Whole histograms, null in rows with a plain value. */
  @Nullable HistogramValue[] histograms = new HistogramValue[FIRST_ROWS];

  /** The event's time in Unix milliseconds, or {@link #NO_TIME} for that of its reception. */
  long timeMillis = NO_TIME;

  List<RejectedMetric> rejected = new ArrayList<>();

  void clear() {
    report = false;
    eventId = null;
    correlationId = "";
    service = "";
    instance = "";
    sender = null;
    metricCount = 0;
    Arrays.fill(metrics, 0, rows, null); // behind one stands all that was learned with it
    Arrays.fill(histograms, 0, rows, null);
    rows = 0;
    timeMillis = NO_TIME;
    clearRejected();
  }

  /**
   * Gives up the room that a large event took; for a batch that is empty.
   *
   * @param hadRows how many rows the event had
   */
  void shrink(int hadRows) {
    if (hadRows > KEPT_ROWS) {
      metrics = new KnownMetric[FIRST_ROWS];
      values = new double[FIRST_ROWS];
      times = new long[FIRST_ROWS];
      indexes = new int[FIRST_ROWS];
      histograms = new HistogramValue[FIRST_ROWS];
    }
  }

  void clearRejected() {
    if (rejected.size() > MOST_KEPT_REJECTED) {
      rejected = new ArrayList<>();
    } else {
      rejected.clear();
    }
  }

  void add(
      KnownMetric metric,
      double value,
      long ownTimeMillis,
      int index,
      @Nullable HistogramValue histogram) {
    int at = rows;
    if (at == values.length) {
      int n = at * 2;
      metrics = Arrays.copyOf(metrics, n);
      values = Arrays.copyOf(values, n);
      times = Arrays.copyOf(times, n);
      indexes = Arrays.copyOf(indexes, n);
      histograms = Arrays.copyOf(histograms, n);
    }
    metrics[at] = metric;
    values[at] = value;
    times[at] = ownTimeMillis;
    indexes[at] = index;
    histograms[at] = histogram;
    rows = at + 1;
  }
}
