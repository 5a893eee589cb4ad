package dnd.metrics.server.head;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects whom the events of one force concern, and tells each watch once: what a flood costs here
 * is a place in a list for each event and group of series that are watched by the same, another for
 * each group and watch, and a call for each watch, but nothing for each event and watch. For the
 * log's thread.
 */
final class WatchCalls {
  private static final Logger LOG = LoggerFactory.getLogger(WatchCalls.class);

  /** Those with news. */
  private final List<WatchGroup> groups = new ArrayList<>();

  /** Those that have news by them. */
  private final List<SeriesWatch> watches = new ArrayList<>();

  private long events;

  /** An event is on disk that concerns these watches. */
  void add(
      List<WatchGroup> concerned,
      SenderId sender,
      @Nullable String correlationId,
      long oldestMillis,
      long newestMillis) {
    AppendedEvent event =
        new AppendedEvent(++events, sender, correlationId, oldestMillis, newestMillis);
    for (WatchGroup group : concerned) {
      if (group.noteFirst(event)) {
        groups.add(group);
      }
    }
  }

  /** Tells the watches what was collected. */
  void run() {
    if (groups.isEmpty()) {
      return;
    }
    for (WatchGroup group : groups) {
      AppendedEvents news = group.takeNews();
      for (SeriesWatch watch : group.watches()) {
        if (watch.noteFirst(news)) {
          watches.add(watch);
        }
      }
    }
    groups.clear();
    watches.forEach(WatchCalls::tell);
    watches.clear();
  }

  /** One that throws must not keep the others from hearing. */
  private static void tell(SeriesWatch watch) {
    try {
      watch.tell();
    } catch (RuntimeException e) {
      LOG.error("a watch of series failed", e);
    }
  }
}
