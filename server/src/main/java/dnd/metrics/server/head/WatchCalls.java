package dnd.metrics.server.head;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects whom the events of one force concern, and tells each watch once: what a flood costs here
 * is an addition for each event and group of series that are watched by the same, a place in a list
 * for each group and watch, and a call for each watch, but nothing for each event and watch; and
 * nothing is kept of it but the last event of each sender. Where memory is missing, an event may go
 * unheard, which the log's thread says, but no watch misses what comes afterwards. For the log's
 * thread.
 */
final class WatchCalls {
  private static final Logger LOG = LoggerFactory.getLogger(WatchCalls.class);

  /** Of more groups than these the watches are told less often than once a force. */
  private static final int MANY = 100;

  /** They hear nothing for so long at most while one force follows the other. */
  private static final long PAUSE_NANOS = 5_000_000;

  private final LongSupplier nanoTime;
  private long toldNanos;

  /** Those with news. */
  private final List<WatchGroup> groups = new ArrayList<>();

  /** Those that have news by them. */
  private final List<SeriesWatch> watches = new ArrayList<>();

  private long events;

  /**
   * @param nanoTime a clock to measure durations by
   */
  WatchCalls(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.toldNanos = nanoTime.getAsLong() - PAUSE_NANOS;
  }

  /** An event is on disk that concerns these watches; naming a group again has no effect. */
  void add(
      WatchGroup[] concerned,
      SenderId sender,
      @Nullable String correlationId,
      long oldestMillis,
      long newestMillis) {
    AppendedEvent event =
        new AppendedEvent(++events, sender, correlationId, oldestMillis, newestMillis);
    for (WatchGroup group : concerned) {
      if (!group.hasNews()) {
        groups.add(group);
      }
      group.note(event);
    }
  }

  /**
   * A force is over, all of whose events were added. Tells the watches, but for a flood that
   * concerns very many of them: then what several forces in a row have brought is told at once.
   *
   * @param anotherFollows whether there are records already for the next force
   */
  void afterForce(boolean anotherFollows) {
    if (!anotherFollows
        || groups.size() <= MANY
        || nanoTime.getAsLong() - toldNanos >= PAUSE_NANOS) {
      run();
    }
  }

  /** Tells the watches what was collected. */
  void run() {
    if (groups.isEmpty()) {
      return;
    }
    toldNanos = nanoTime.getAsLong();
    int left = 0;
    for (int i = 0; i < groups.size(); i++) {
      WatchGroup group = groups.get(i);
      if (!isPassedOn(group)) {
        groups.set(left++, group); // for the next force
      }
    }
    while (groups.size() > left) {
      groups.removeLast();
    }
    for (int i = 0; i < watches.size(); i++) {
      tell(watches.get(i), null);
    }
    watches.clear();
  }

  private boolean isPassedOn(WatchGroup group) {
    AppendedEvents news;
    try {
      group.forgetSilent(toldNanos);
      news = group.takeNews();
    } catch (OutOfMemoryError e) {
      return false;
    }
    List<SeriesWatch> all = group.watches();
    for (int i = 0; i < all.size(); i++) {
      SeriesWatch watch = all.get(i);
      try {
        if (!watch.hasNews()) {
          watches.add(watch);
        }
        watch.note(news);
      } catch (OutOfMemoryError e) { // for its place in one of the lists
        tell(watch, news);
      }
    }
    return true;
  }

  /**
   * Tells a watch this, or what was noted. One that throws must not keep the others from hearing.
   */
  private static void tell(SeriesWatch watch, @Nullable AppendedEvents news) {
    try {
      if (news != null) {
        watch.tell(news);
      } else if (watch.hasNews()) {
        watch.tell();
      }
    } catch (RuntimeException | Error e) {
      say(e);
    }
  }

  private static void say(Throwable e) {
    try {
      LOG.error("a watch of series failed", e);
    } catch (OutOfMemoryError noMemory) {
      // Nothing can be said then, and the others hear.
    }
  }
}
