package dnd.metrics.events;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One metric of a push or report, as one sends it: a sample with its labels, and what is known of
 * the metric. Histograms that are whole go in as {@code histogram}; a plain value of type histogram
 * is one observation.
 *
 * @param value the sample's value; not used where {@code histogram} is given
 * @param histogram a whole histogram, or null
 * @param timestampMillis the sample's own time, or null for the event's
 * @param createdMillis when a counter or histogram began to count, or null
 */
public record Metric(
    String name,
    MetricType type,
    double value,
    @Nullable WholeHistogram histogram,
    Map<String, String> labels,
    @Nullable Long timestampMillis,
    @Nullable Long createdMillis,
    boolean delta,
    @Nullable String help,
    @Nullable String unit) {

  public Metric {
    labels = Collections.unmodifiableMap(new TreeMap<>(labels));
  }

  public Metric(String name, MetricType type, double value, Map<String, String> labels) {
    this(name, type, value, null, labels, null, null, false, null, null);
  }

  void write(JsonBuffer out) {
    out.raw("{\"name\":").string(name).raw(",\"type\":").string(type.text());
    if (!labels.isEmpty()) {
      out.raw(",\"labels\":");
      writeLabels(out, labels);
    }
    if (help != null) {
      out.raw(",\"help\":").string(help);
    }
    if (unit != null) {
      out.raw(",\"unit\":").string(unit);
    }
    if (createdMillis != null) {
      out.raw(",\"created\":").time(createdMillis);
    }
    if (delta) {
      out.raw(",\"temporality\":\"delta\"");
    }
    if (timestampMillis != null) {
      out.raw(",\"timestamp\":").time(timestampMillis);
    }
    // The value comes last: what stands before it repeats, which the service makes use of.
    out.raw(",\"value\":");
    if (histogram == null) {
      out.number(value);
    } else {
      histogram.write(out);
    }
    out.raw('}');
  }

  static void writeLabels(JsonBuffer out, Map<String, String> labels) {
    out.raw('{');
    boolean first = true;
    for (Map.Entry<String, String> e : labels.entrySet()) {
      if (!first) {
        out.raw(',');
      }
      first = false;
      out.string(e.getKey()).raw(':').string(e.getValue());
    }
    out.raw('}');
  }
}
