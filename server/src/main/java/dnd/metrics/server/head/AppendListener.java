package dnd.metrics.server.head;

import org.jspecify.annotations.Nullable;

/**
 * Learns that series which it {@linkplain Head#watch watches} have new samples, which are on disk.
 * Called once a force and sender, however many events and samples of it count, on the log's thread,
 * after the acknowledgements of that force: it must be short and must not block, since those of the
 * next wait behind it. Whoever wants to know more asks the head. Not called for a duplicate, nor
 * for what is replayed at the start, nor for a batch that could not be made safe: of that its
 * sender was told.
 */
@FunctionalInterface
public interface AppendListener {
  /**
   * @param sender who sent the samples
   * @param correlationId of the last event; null where none was made of an event
   * @param newestMillis the time of the newest sample; it may lie ahead of the clock
   */
  void appended(SenderId sender, @Nullable String correlationId, long newestMillis);

  /**
   * This is what is called; for those who need to know from when on there is something new.
   *
   * @param oldestMillis the time of the oldest sample
   */
  default void appended(
      SenderId sender, @Nullable String correlationId, long oldestMillis, long newestMillis) {
    appended(sender, correlationId, newestMillis);
  }
}
