package dnd.metrics.server.head;

import java.util.ArrayList;
import java.util.List;

/**
 * The watches that concern a series. Series with the same watches share one, so that an event which
 * a hundred watches see is passed on as few groups. Equal only to itself. The watches never change;
 * the news that wait for them belong to the log's thread.
 */
final class WatchGroup {
  static final WatchGroup NOBODY = new WatchGroup(List.of());

  private final List<SeriesWatch> watches;
  private final List<AppendedEvent> news = new ArrayList<>();

  WatchGroup(List<SeriesWatch> watches) {
    this.watches = List.copyOf(watches);
  }

  boolean isEmpty() {
    return watches.isEmpty();
  }

  List<SeriesWatch> watches() {
    return watches;
  }

  /** Notes an event, and says whether it is the first since they were taken. */
  boolean noteFirst(AppendedEvent event) {
    news.add(event);
    return news.size() == 1;
  }

  /** What was noted; at least one event. */
  AppendedEvents takeNews() {
    AppendedEvents taken = new AppendedEvents(news);
    news.clear();
    return taken;
  }
}
