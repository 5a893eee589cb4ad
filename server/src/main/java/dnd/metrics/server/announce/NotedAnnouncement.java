package dnd.metrics.server.announce;

/**
 * What has been said of an alert to a receiver so far. Immutable.
 *
 * @param triggered that it fires has been said
 * @param resolved that it is over has been said
 * @param atMillis when it was last said that it fires
 * @param repeats how many times that was said after the first time
 */
record NotedAnnouncement(boolean triggered, boolean resolved, long atMillis, int repeats) {
  static final String TRIGGERED = "triggered";

  /**
   * The kind of a row that says that everything about an alert that is over has been said, to all
   * who were to hear it, or need not be said.
   */
  static final String RESOLVED = "resolved";

  static final NotedAnnouncement NOTHING = new NotedAnnouncement(false, false, 0, 0);

  NotedAnnouncement with(NotedAnnouncement other) {
    return new NotedAnnouncement(
        triggered || other.triggered,
        resolved || other.resolved,
        Math.max(atMillis, other.atMillis),
        Math.max(repeats, other.repeats));
  }

  /** The same, as if it had been said by then at the latest. */
  NotedAnnouncement saidBy(long nowMillis) {
    return atMillis <= nowMillis
        ? this
        : new NotedAnnouncement(triggered, resolved, nowMillis, repeats);
  }
}
