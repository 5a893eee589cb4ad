package dnd.metrics.server.block;

/** A time in which samples are deleted: Unix milliseconds, both ends included. */
record DeletedSpan(long firstMillis, long lastMillis) {
  boolean contains(long millis) {
    return firstMillis <= millis && millis <= lastMillis;
  }

  /** The span from the earlier beginning to the later end. */
  DeletedSpan with(DeletedSpan other) {
    return new DeletedSpan(
        Math.min(firstMillis, other.firstMillis), Math.max(lastMillis, other.lastMillis));
  }
}
