package dnd.metrics.server.terminal;

import dnd.metrics.server.model.Labels;
import java.util.List;
import java.util.Map;

/** A series of an answer; of an instant query it has one sample. */
public record AnswerSeries(Labels labels, List<AnswerSample> samples) {
  public AnswerSeries {
    samples = List.copyOf(samples);
  }

  static Labels labels(Map<String, Object> metric) {
    Labels.Builder labels = Labels.builder();
    metric.forEach((name, value) -> labels.set(name, value.toString()));
    return labels.build();
  }

  /** As PromQL writes it: {@code name{label="value"}}. */
  static String text(Labels labels) {
    String name = labels.metricName();
    if (name.isEmpty()) {
      return labels.toString();
    }
    Labels rest = labels.withoutMetricName();
    if (!isPlainName(name)) {
      return labels.toString();
    }
    return rest.isEmpty() ? name : name + rest;
  }

  private static boolean isPlainName(String name) {
    return Labels.isLegacyName(name.replace(':', '_'));
  }
}
