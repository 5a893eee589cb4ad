package dnd.metrics.server.exposition;

/** The two text formats in which programs expose metrics. */
public enum ExpositionFormat {
  /** Prometheus text format 0.0.4 and 1.0.0: timestamps are Unix milliseconds. */
  PROMETHEUS,
  /** OpenMetrics text 1.0: ends with {@code # EOF}; timestamps are Unix seconds. */
  OPENMETRICS;

  /** OpenMetrics is what ends with its end mark. */
  static ExpositionFormat of(String text) {
    return text.stripTrailing().endsWith("# EOF") ? OPENMETRICS : PROMETHEUS;
  }
}
