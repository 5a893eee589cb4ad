package dnd.metrics.server.announce;

import dnd.metrics.server.announce.route.Route;
import dnd.metrics.server.model.Labels;

/**
 * That an alert fires, or is over, is to be said to a receiver, or has been.
 *
 * @param alert as it was when it was decided
 * @param route the node that decided it
 * @param groupLabels what the alerts of the group have in common
 * @param repeat how many times it was said before that the alert fires
 */
record Announcement(Alert alert, Route route, Labels groupLabels, int repeat) {

  /** What is said, and to whom: the second part of the key in table {@code announcements}. */
  String kind() {
    return kind(alert.firing(), route.receiver());
  }

  static String kind(boolean firing, String receiver) {
    String kind = firing ? NotedAnnouncement.TRIGGERED : NotedAnnouncement.RESOLVED;
    return receiver.isEmpty() ? kind : kind + '/' + receiver;
  }

  /** The id of the event, the same whenever the same thing is said. */
  String eventId() {
    String id = alert.id() + '/' + kind();
    return repeat == 0 ? id : id + '/' + (repeat + 1);
  }

  /** The group's name, as Alertmanager has it. */
  String groupKey() {
    return route.key() + ':' + groupLabels;
  }
}
