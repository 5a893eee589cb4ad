package dnd.metrics.server.query;

/** What became of an answer. */
enum Delivery {
  /** All of it was published. */
  SENT,
  /**
   * It does not fit in one message, and may not come in parts, or a part cannot be cut so small.
   */
  TOO_LARGE,
  /** Someone cancelled the query between two parts. */
  CANCELED,
  /** Nobody listens for it any more; the rest of it was not published. */
  ASKER_GONE,
  /** Its reader took too little of it for too long; the rest of it was not published. */
  TIMED_OUT
}
