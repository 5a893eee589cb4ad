package dnd.metrics.server.head;

import java.util.List;

/** What a force brings to those who watch, for tests. */
public final class Appended {
  private Appended() {}

  /**
   * @param events at least one, in their order
   */
  public static AppendedEvents of(List<AppendedEvent> events) {
    WatchGroup group = new WatchGroup(List.of());
    events.forEach(group::note);
    return group.takeNews();
  }
}
