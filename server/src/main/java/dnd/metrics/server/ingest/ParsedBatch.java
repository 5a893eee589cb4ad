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
  KnownMetric[] metrics = new KnownMetric[16];
  double[] values = new double[16];

  /** A row's own time, or {@link #NO_TIME} for that of the event. */
  long[] times = new long[16];

  /** A row's place in the event. */
  int[] indexes = new int[16];

  /** Whole histograms, null in rows with a plain value. */
  @Nullable HistogramValue[] histograms = new HistogramValue[16];

  /** The event's time in Unix milliseconds, or {@link #NO_TIME} for that of its reception. */
  long timeMillis = NO_TIME;

  final List<RejectedMetric> rejected = new ArrayList<>();

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
    rejected.clear();
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
