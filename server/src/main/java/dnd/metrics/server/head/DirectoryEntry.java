package dnd.metrics.server.head;

import dnd.metrics.server.model.Labeled;

/** What a {@link SeriesDirectory} has for a series that is not in the checkpoint alone. */
sealed interface DirectoryEntry extends Labeled permits HeadSeries, ParkedSeries {
  /** Time of the oldest sample in the head; the largest long for none. */
  long oldestMillis();

  /** Time of the newest sample that there ever was; the smallest long for none. */
  long newestMillis();

  /** Whether it may have samples between two times, both included. */
  default boolean mayHaveSamples(long fromMillis, long toMillis) {
    return oldestMillis() <= toMillis && newestMillis() >= fromMillis;
  }
}
