package dnd.metrics.server.announce;

import dnd.metrics.server.announce.route.Route;
import dnd.metrics.server.model.Labels;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Alerts that are announced together: those that one route has given the same group labels. Not
 * safe for use by several threads.
 */
final class Group {
  static final long NEVER = Long.MAX_VALUE;

  final Route route;
  final Labels labels;

  /** Alert id → what the group knows of it, in the order of arrival. */
  final Map<String, Member> members = new LinkedHashMap<>();

  /** When the group is looked at next; {@link #NEVER} where only a change does that. */
  long flushAtMillis = NEVER;

  /** Whether the group was looked at once: its {@code group_wait} is over. */
  boolean flushed;

  Group(Route route, Labels labels) {
    this.route = route;
    this.labels = labels;
  }

  /** An alert in a group. */
  static final class Member {
    final Group group;
    final TrackedAlert tracked;
    NotedAnnouncement noted;

    /** Whether something was to be said of it at the last look and was not, being muted. */
    boolean heldBack;

    Member(Group group, TrackedAlert tracked, NotedAnnouncement noted) {
      this.group = group;
      this.tracked = tracked;
      this.noted = noted;
    }

    Alert alert() {
      return tracked.alert;
    }

    /** Whether it fires, and is not about to be over. */
    boolean isFiring() {
      return tracked.alert.firing() && !tracked.ending;
    }
  }
}
