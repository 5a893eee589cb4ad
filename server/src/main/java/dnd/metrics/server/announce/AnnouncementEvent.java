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

  /** Appends the event. */
  static void write(JsonBuffer out, Alert alert, String eventId, long nowMillis) {
    EventWriter.begin(out, type(alert), eventId, nowMillis);
    out.raw(",\"data\":{\"rule\":").string(alert.rule());
    out.raw(",\"severity\":").string(alert.severity());
    out.raw(",\"status\":").string(alert.status().text());
    out.raw(",\"labels\":");
    labels(out, alert.labels());
    out.raw(",\"annotations\":");
    labels(out, alert.annotations());
    out.raw(",\"value\":").number(alert.value());
    out.raw(",\"started_at\":").time(alert.startedAtMillis());
    if (!alert.firing()) {
      out.raw(",\"resolved_at\":").time(alert.resolvedAtMillis());
    }
    out.raw(",\"fingerprint\":").string(alert.fingerprint());
    out.raw(",\"group\":").string(alert.group());
    out.raw(",\"file\":").string(alert.file());
    out.raw(",\"source\":").string(alert.source());
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
