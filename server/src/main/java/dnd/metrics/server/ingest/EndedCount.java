package dnd.metrics.server.ingest;

import java.util.ArrayDeque;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Counts how many of the metrics that a connection knows are of series that have ended, as it
 * seems: they have left the head, or got no sample for so long while others of the same shape did.
 * One that never had a series has not ended: it is refused and sent nevertheless. A portion is
 * looked at at a time, so that no event waits while a million are. What is learned meanwhile may be
 * left out. For one thread.
 */
final class EndedCount {
  private final long silentMillis;
  private final ArrayDeque<LearnedEvent> left;
  private @Nullable LearnedMetric[] table = {};
  private int at;
  private long endedBefore;
  private int ended;

  /**
   * Begins to count.
   *
   * @param events all shapes that are known
   * @param silentMillis how long a series is silent that has ended, and a shape
   * @param nowMillis the time that shapes count from
   */
  EndedCount(Collection<LearnedEvent> events, long silentMillis, long nowMillis) {
    this.silentMillis = silentMillis;
    this.left = new ArrayDeque<>();
    for (LearnedEvent event : events) {
      if (event.receivedMillis < nowMillis - silentMillis) {
        ended += event.metrics.size();
      } else {
        left.add(event);
      }
    }
  }

  /** Looks at so many places of the tables; whether that was all. */
  boolean lookAt(int places) {
    for (int i = 0; i < places; i++) {
      while (at == table.length) {
        LearnedEvent next = left.poll();
        if (next == null) {
          return true;
        }
        table = next.metrics.table();
        at = 0;
        endedBefore = next.newestMillis - silentMillis;
      }
      LearnedMetric metric = table[at++];
      if (metric != null && metric.series() != null && metric.newestMillis() < endedBefore) {
        ended++;
      }
    }
    return false;
  }

  /** How many have ended, of those that were looked at. */
  int ended() {
    return ended;
  }
}
