package dnd.metrics.server.head;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects whom the events of one force concern, and tells each watch once for every sender, so
 * that what a flood costs here depends on the watches and senders and not on the events. For the
 * log's thread.
 */
final class WatchCalls {
  private static final Logger LOG = LoggerFactory.getLogger(WatchCalls.class);

  /** What has come of one sender: the last event, and the times of all. */
  private static final class News {
    private final SenderId sender;
    private @Nullable String correlationId;
    private long oldestMillis = Long.MAX_VALUE;
    private long newestMillis = Long.MIN_VALUE;

    /** When the last event of it came, among those of the force. */
    private long order = -1;

    private News(SenderId sender) {
      this.sender = sender;
    }

    private void add(@Nullable String id, long oldest, long newest, long number) {
      oldestMillis = Math.min(oldestMillis, oldest);
      newestMillis = Math.max(newestMillis, newest);
      if (number > order) {
        order = number;
        correlationId = id == null ? correlationId : id;
      } else if (correlationId == null) {
        correlationId = id;
      }
    }
  }

  private final Map<WatchGroup, Map<SenderId, News>> groups = new HashMap<>();
  private long events;

  /** An event is on disk that concerns these watches. */
  void add(
      List<WatchGroup> concerned,
      SenderId sender,
      @Nullable String correlationId,
      long oldestMillis,
      long newestMillis) {
    long number = events++;
    for (WatchGroup group : concerned) {
      groups
          .computeIfAbsent(group, g -> new HashMap<>())
          .computeIfAbsent(sender, News::new)
          .add(correlationId, oldestMillis, newestMillis, number);
    }
  }

  /** Tells the watches what was collected. */
  void run() {
    if (groups.isEmpty()) {
      return;
    }
    Map<SeriesWatch, Map<SenderId, News>> calls = new HashMap<>();
    groups.forEach((group, senders) -> {
      for (SeriesWatch watch : group.watches()) {
        Map<SenderId, News> told = calls.computeIfAbsent(watch, w -> new HashMap<>());
        for (News news : senders.values()) {
          told.computeIfAbsent(news.sender, News::new)
              .add(news.correlationId, news.oldestMillis, news.newestMillis, news.order);
        }
      }
    });
    groups.clear();
    events = 0;
    calls.forEach((watch, senders) -> {
      List<News> inOrder = new ArrayList<>(senders.values());
      inOrder.sort(Comparator.comparingLong(news -> news.order));
      inOrder.forEach(news -> tell(watch, news));
    });
  }

  /** One that throws must not keep the others from hearing. */
  private static void tell(SeriesWatch watch, News news) {
    try {
      watch.appended(news.sender, news.correlationId, news.oldestMillis, news.newestMillis);
    } catch (RuntimeException e) {
      LOG.error("a watch of series failed", e);
    }
  }
}
