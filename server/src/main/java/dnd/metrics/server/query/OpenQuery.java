package dnd.metrics.server.query;

/**
 * A query that somebody waits for: queued, running, being sent, or live. It is listed and cancelled
 * as one thing, whatever becomes of it. Safe for use by several threads.
 */
interface OpenQuery {
  Asker asker();

  /** Stops it where it is; the asker is told. */
  void cancel();

  /** Stops it where it is, because nobody listens for its answer. */
  void abandon();

  QueryEntry entry(long nowMillis);
}
