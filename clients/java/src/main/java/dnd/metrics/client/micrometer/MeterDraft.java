package dnd.metrics.client.micrometer;

import dnd.metrics.events.ClassicHistogram;
import dnd.metrics.events.Metric;
import dnd.metrics.events.MetricType;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the metrics of one meter share.
 *
 * @param createdMillis when it began to count, or null where that is not known
 * @param metrics where they are appended
 */
record MeterDraft(
    String name,
    Map<String, String> labels,
    @Nullable String help,
    @Nullable String unit,
    @Nullable Long createdMillis,
    List<Metric> metrics) {

  /** A sum of negative amounts is no counter. */
  void counter(String suffix, double value) {
    if (value >= 0) {
      add(suffix, MetricType.COUNTER, value, null, labels);
    } else {
      gauge(suffix, value);
    }
  }

  void gauge(String suffix, double value) {
    add(suffix, MetricType.GAUGE, value, null, labels);
  }

  void quantile(double quantile, double value) {
    Map<String, String> more = new TreeMap<>(labels);
    more.put("quantile", Double.toString(quantile));
    add("", MetricType.GAUGE, value, null, more);
  }

  void histogram(ClassicHistogram histogram) {
    add("", MetricType.HISTOGRAM, 0, histogram, labels);
  }

  private void add(
      String suffix,
      MetricType type,
      double value,
      @Nullable ClassicHistogram histogram,
      Map<String, String> itsLabels) {
    metrics.add(
        new Metric(
            name + suffix,
            type,
            value,
            histogram,
            itsLabels,
            null,
            type == MetricType.GAUGE ? null : createdMillis,
            false,
            help,
            unit));
  }
}
