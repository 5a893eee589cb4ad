package dnd.metrics.server.head;

/**
 * Learns that series which it {@linkplain Head#watch watches} have new samples, which are on disk.
 * Called once a force, or in a flood once in several that follow each other at once, however many
 * events and samples count, on the log's thread, after their acknowledgements: it must be short and
 * must not block, since those of the next wait behind it. Whoever wants to know more asks the head.
 * Not called for a duplicate, nor for what is replayed at the start. Of a batch that could not be
 * made safe at first, which its sender was told, it is called once that was made up for.
 */
@FunctionalInterface
public interface AppendListener {
  void appended(AppendedEvents events);
}
