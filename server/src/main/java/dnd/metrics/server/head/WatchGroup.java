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

  /**
   * Notes an event, and says whether it is the first since they were taken. Noting it again has no
   * effect.
   */
  boolean noteFirst(AppendedEvent event) {
    if (event.number() == lastNumber) {
      return false;
    }
    lastNumber = event.number();
    boolean first = news.isEmpty();
    news.add(event);
    lastEvents.add(event);
    return first;
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
