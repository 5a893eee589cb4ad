package dnd.metrics.server.announce;

import java.util.LinkedHashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * What the {@link Dispatcher} decided and nobody has carried out yet. It outlives a turn that fails
 * for want of memory: what was decided before is in it. For one thread.
 */
final class Turn {
  /** Something to do, after those before it. */
  sealed interface Step permits Say, Settle {}

  /** To be published, and noted then. */
  record Say(Announcement announcement) implements Step {}

  /** To be noted: of this alert nothing is left to say. */
  record Settle(String alertId) implements Step {}

  /** A queue that is whole also where an element finds no memory. */
  final Queue<Step> steps = new LinkedBlockingQueue<>();

  /** Ids of silences that began or ended. */
  final Set<String> silences = new LinkedHashSet<>();

  void announce(Announcement announcement) {
    steps.add(new Say(announcement));
  }

  void settle(String alertId) {
    steps.add(new Settle(alertId));
  }
}
