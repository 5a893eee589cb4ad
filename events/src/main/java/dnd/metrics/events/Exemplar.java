package dnd.metrics.events;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One observation as an example of a metric's value, such as one with the id of its trace.
 *
 * @param timestampMillis when it was observed, or null
 */
public record Exemplar(Map<String, String> labels, double value, @Nullable Long timestampMillis) {
  public Exemplar {
    labels = Collections.unmodifiableMap(new TreeMap<>(labels));
  }

  void write(JsonBuffer out) {
    out.raw("{\"labels\":");
    Metric.writeLabels(out, labels);
    out.raw(",\"value\":").number(value);
    if (timestampMillis != null) {
      out.raw(",\"timestamp\":").time(timestampMillis);
    }
    out.raw('}');
  }
}
