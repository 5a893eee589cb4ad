package dnd.metrics.server.head;

import java.util.Objects;

/**
 * What senders say about a metric.
 *
 * @param type as in OpenMetrics: {@code counter}, {@code gauge}, {@code histogram} ...; empty for
 *     unknown
 * @param help a sentence for people; may be empty
 * @param unit such as {@code seconds}; may be empty
 */
public record MetricMetadata(String type, String help, String unit) {
  public MetricMetadata {
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(help, "help");
    Objects.requireNonNull(unit, "unit");
  }
}
