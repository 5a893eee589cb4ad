package dnd.metrics.server.head;

import java.util.List;

/**
 * The watches that concern a series. Series with the same watches share one, so that an event which
 * a hundred watches see is passed on as few groups. Equal only to itself. The watches never change;
 * the news that wait for them belong to the log's thread.
 */
final class WatchGroup {
  static final WatchGroup NOBODY = new WatchGroup(List.of());

  private final List<SeriesWatch> watches;
  private final LastEvents lastEvents = new LastEvents();
  private final List<LastEvents> senders = List.of(lastEvents);
  private EventSum news = new EventSum();
  private long lastNumber = -1;

  WatchGroup(List<SeriesWatch> watches) {
    this.watches = List.copyOf(watches);
  }

  boolean isEmpty() {
    return watches.isEmpty();
  }

  List<SeriesWatch> watches() {
    return watches;
  }

  /** Whether something was noted since the news were taken. */
  boolean hasNews() {
    return !news.isEmpty();
  }

  /** Notes an event. Noting it again has no effect. */
  void note(AppendedEvent event) {
    if (event.number() != lastNumber) {
      lastNumber = event.number();
      news.add(event);
      lastEvents.add(event);
    }
  }

  /** Forgets the last events of senders that have sent nothing for long. */
  void forgetSilent(long nowNanos) {
    lastEvents.forgetSilent(nowNanos);
  }

  /** What was noted; at least one event. */
  AppendedEvents takeNews() {
    AppendedEvents taken = new AppendedEvents(news, senders);
    news = new EventSum();
    return taken;
  }
}
