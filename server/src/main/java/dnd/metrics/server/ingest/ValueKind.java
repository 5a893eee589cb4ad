package dnd.metrics.server.ingest;

/** What a metric's value does to its series. */
enum ValueKind {
  GAUGE,
  /** A counter's value since it was created. */
  COUNTER,
  /** What a counter has grown by. */
  COUNTER_DELTA,
  /** One observation, to be counted in the service's own native histogram. */
  OBSERVATION,
  /** A whole histogram, cumulative. */
  HISTOGRAM,
  /** What a whole classic histogram has grown by. */
  HISTOGRAM_DELTA
}
