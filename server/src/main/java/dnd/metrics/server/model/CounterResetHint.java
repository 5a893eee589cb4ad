package dnd.metrics.server.model;

/**
 * What is known of a native histogram in relation to the one before it in its series. The order is
 * that of Prometheus's encodings.
 */
public enum CounterResetHint {
  /** Nothing is known: whoever needs it compares the two. */
  UNKNOWN,
  /** The counting began anew between the two. */
  RESET,
  /** The counting went on. */
  NOT_RESET,
  /** The histogram counts nothing: its counts may rise and fall. */
  GAUGE
}
