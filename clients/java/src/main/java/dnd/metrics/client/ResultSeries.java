package dnd.metrics.client;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A series of a result.
 *
 * @param labels in the order of their names; {@code __name__} is the metric's, where it has one
 * @param samples in ascending order of time; exactly one in a vector
 */
public record ResultSeries(Map<String, String> labels, List<Sample> samples) {
  public ResultSeries {
    labels = Collections.unmodifiableMap(new TreeMap<>(labels));
    samples = List.copyOf(samples);
  }

  /** The label's value, or empty. */
  public String label(String name) {
    return labels.getOrDefault(name, "");
  }

  /** The newest sample, where there is one. */
  public Optional<Sample> last() {
    return samples.isEmpty() ? Optional.empty() : Optional.of(samples.get(samples.size() - 1));
  }

  /** The labels as PromQL writes them. */
  String selector() {
    StringBuilder out = new StringBuilder(label("__name__")).append('{');
    String comma = "";
    for (Map.Entry<String, String> label : labels.entrySet()) {
      if (!label.getKey().equals("__name__")) {
        String value = label.getValue().replace("\\", "\\\\").replace("\"", "\\\"");
        out.append(comma).append(label.getKey()).append("=\"").append(value).append('"');
        comma = ", ";
      }
    }
    return out.append('}').toString();
  }
}
