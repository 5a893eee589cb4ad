package dnd.metrics.events;

import java.util.Collections;
import java.util.List;
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
 * @param exemplars observations that stand for others; the service does not keep them yet
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
    @Nullable String unit,
    List<Exemplar> exemplars) {

  public Metric {
    labels = Collections.unmodifiableMap(new TreeMap<>(labels));
    exemplars = List.copyOf(exemplars);
  }

  public Metric(
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
    this(
        name,
        type,
        value,
        histogram,
        labels,
        timestampMillis,
        createdMillis,
        delta,
        help,
        unit,
        List.of());
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
    if (!exemplars.isEmpty()) {
      out.raw(",\"exemplars\":[");
      for (int i = 0; i < exemplars.size(); i++) {
        if (i > 0) {
          out.raw(',');
        }
        exemplars.get(i).write(out);
      }
      out.raw(']');
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
