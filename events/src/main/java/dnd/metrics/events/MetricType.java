package dnd.metrics.events;

import org.jspecify.annotations.Nullable;

/** What a metric's value means. */
public enum MetricType {
  COUNTER("counter"),
  GAUGE("gauge"),
  HISTOGRAM("histogram");

  private final String text;

  MetricType(String text) {
    this.text = text;
  }

  public String text() {
    return text;
  }

  /** The type that events call {@code text}, or null. */
  public static @Nullable MetricType of(String text) {
    return switch (text) {
      case "counter" -> COUNTER;
      case "gauge" -> GAUGE;
      case "histogram" -> HISTOGRAM;
      default -> null;
    };
  }
}
