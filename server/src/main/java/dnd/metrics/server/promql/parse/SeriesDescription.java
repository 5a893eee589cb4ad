package dnd.metrics.server.promql.parse;

import dnd.metrics.server.model.Labels;
import java.util.List;

/**
 * A series in the notation of Prometheus's test language and of rule tests: {@code foo{a="b"} 1 _
 * 2+3x5 stale {{count:3}}}.
 */
public record SeriesDescription(Labels labels, List<SequenceValue> values) {
  public SeriesDescription {
    values = List.copyOf(values);
  }

  /**
   * Reads a description.
   *
   * @throws ParseException where {@code text} is none
   */
  public static SeriesDescription parse(String text) {
    MetricParser metric = new MetricParser(text);
    Labels labels = metric.labels();
    return new SeriesDescription(labels, new SequenceParser(text, metric.position()).values());
  }
}
