package dnd.metrics.server.announce;

import java.util.ArrayList;
import java.util.List;

/** What one turn of the {@link Dispatcher} decided. For one thread. */
final class Turn {
  /** Something to do, after those before it. */
  sealed interface Step permits Say, Settle {}

  /** To be published, and noted then. */
  record Say(Announcement announcement) implements Step {}

  /** To be noted: of this alert nothing is left to say. */
  record Settle(String alertId) implements Step {}

  final List<Step> steps = new ArrayList<>();

  /** Silences that began or ended. */
  final List<Silence> silences = new ArrayList<>();

  void announce(Announcement announcement) {
    steps.add(new Say(announcement));
  }

  void settle(String alertId) {
    steps.add(new Settle(alertId));
  }
}
