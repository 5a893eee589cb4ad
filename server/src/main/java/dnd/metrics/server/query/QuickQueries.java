package dnd.metrics.server.query;

import dnd.metrics.events.QueryEvent;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Tells which queries may be answered on the thread of the hub that has read them: waking another
 * thread takes as long as the query of a few series does (docs/decisions/hub-threads.md). It goes
 * by what the query looks like, and by whether one of the same words turned out to be slow within
 * the last second; {@link QuickSource} sees to it that no other one is. Safe for use by several
 * threads.
 */
final class QuickQueries {
  private static final int LONGEST_CHARS = 200;

  /** A thread of the hub has a smaller stack than those for queries. */
  private static final int MOST_BRACKETS = 10;

  private static final int MOST_STEPS = 400;
  private static final int PLACES = 1024;
  private static final long REMEMBERED_NANOS = 1_000_000_000;

  private record Slow(String query, long nanos) {}

  private final AtomicReferenceArray<@Nullable Slow> slow = new AtomicReferenceArray<>(PLACES);

  boolean mayBe(QueryEvent event) {
    String query = event.query();
    return query.length() <= LONGEST_CHARS
        && hasFewSteps(event)
        && isFlat(query)
        && !Thread.currentThread().isVirtual()
        && !wasSlow(query);
  }

  private boolean wasSlow(String query) {
    Slow known = slow.get(place(query));
    return known != null
        && known.query.equals(query)
        && System.nanoTime() - known.nanos < REMEMBERED_NANOS;
  }

  private static boolean hasFewSteps(QueryEvent event) {
    Long start = event.startMillis();
    Long end = event.endMillis();
    Long step = event.stepMillis();
    return start == null || end == null || step == null || (end - start) / step <= MOST_STEPS;
  }

  /** Whether few things are in brackets, and no subquery is, which may have any number of steps. */
  private static boolean isFlat(String query) {
    int brackets = 0;
    for (int i = 0; i < query.length(); i++) {
      char c = query.charAt(i);
      if (c == ':' || (c == '(' && ++brackets > MOST_BRACKETS)) {
        return false;
      }
    }
    return true;
  }

  /** A query that was thought to be quick was not. */
  void note(String query, NotQuickException why) {
    if (!why.isByChance()) {
      slow.set(place(query), new Slow(query, System.nanoTime()));
    }
  }

  private static int place(String query) {
    int hash = query.hashCode();
    return (hash ^ (hash >>> 16)) & (PLACES - 1);
  }
}
