package dnd.metrics.server.announce;

import dnd.metrics.events.EventTypes;
import dnd.metrics.events.EventWriter;
import dnd.metrics.events.JsonBuffer;
import dnd.metrics.server.model.Labels;

/** Writes {@code alert.triggered} and {@code alert.resolved} (docs/icd.md). */
final class AnnouncementEvent {
  private AnnouncementEvent() {}

  /** The type of the event that says what {@code alert} has become, which is also its subject. */
  static String type(Alert alert) {
    return alert.firing() ? EventTypes.ALERT_TRIGGERED : EventTypes.ALERT_RESOLVED;
  }

  /**
   * Appends the event.
   *
   * @param annotations whether the annotations are in it; where not, it says that they are omitted
   */
  static void write(
      JsonBuffer out, Announcement announcement, boolean annotations, long nowMillis) {
    Alert alert = announcement.alert();
    EventWriter.begin(out, type(alert), announcement.eventId(), nowMillis);
    out.raw(",\"data\":{\"rule\":").string(alert.rule());
    out.raw(",\"severity\":").string(alert.severity());
    out.raw(",\"status\":").string(alert.status().text());
    out.raw(",\"labels\":");
    labels(out, alert.labels());
    out.raw(",\"annotations\":");
    labels(out, annotations ? alert.annotations() : Labels.empty());
    if (!annotations) {
      out.raw(",\"omitted\":[\"annotations\"]");
    }
    out.raw(",\"value\":").number(alert.value());
    out.raw(",\"started_at\":").time(alert.startedAtMillis());
    if (!alert.firing()) {
      out.raw(",\"resolved_at\":").time(alert.resolvedAtMillis());
    }
    out.raw(",\"fingerprint\":").string(alert.fingerprint());
    out.raw(",\"group\":").string(alert.group());
    out.raw(",\"file\":").string(alert.file());
    out.raw(",\"source\":").string(alert.source());
    if (!announcement.route().receiver().isEmpty()) {
      out.raw(",\"receiver\":").string(announcement.route().receiver());
      out.raw(",\"group_key\":").string(announcement.groupKey());
      out.raw(",\"group_labels\":");
      labels(out, announcement.groupLabels());
      out.raw(",\"repeat\":").number((long) announcement.repeat());
    }
    out.raw(",\"correlation_id\":").string(alert.correlationId()).raw('}');
    EventWriter.end(out);
  }

  static void labels(JsonBuffer out, Labels labels) {
    out.raw('{');
    for (int i = 0; i < labels.size(); i++) {
      if (i > 0) {
        out.raw(',');
      }
      out.string(labels.name(i)).raw(':').string(labels.value(i));
    }
    out.raw('}');
  }
}
