package dnd.metrics.server.announce;

import dnd.metrics.events.JsonBuffer;
import dnd.metrics.events.StrictJson;
import dnd.metrics.server.announce.route.MatcherSyntax;
import dnd.metrics.server.database.Change;
import dnd.metrics.server.database.Row;
import dnd.metrics.server.database.Table;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** The rows of tables {@code announcements} and {@code silences}. */
final class AlertRows {
  private AlertRows() {}

  static Change said(Announcement announcement, long nowMillis) {
    return new Change.Put(
        Table.ANNOUNCEMENTS,
        Row.builder()
            .text("alert_id", announcement.alert().id())
            .text("kind", announcement.kind())
            .text("event_id", announcement.eventId())
            .timeMillis("announced_at", nowMillis)
            .integer("repeats", announcement.repeat())
            .build());
  }

  static Change settled(String alertId, long nowMillis) {
    return new Change.Put(
        Table.ANNOUNCEMENTS,
        Row.builder()
            .text("alert_id", alertId)
            .text("kind", NotedAnnouncement.RESOLVED)
            .timeMillis("announced_at", nowMillis)
            .build());
  }

  static Change silence(Silence silence, long nowMillis) {
    return new Change.Put(
        Table.SILENCES,
        Row.builder()
            .text("id", silence.id())
            .json("matchers", matchers(silence.matchers()))
            .timeMillis("starts_at", silence.startsAtMillis())
            .timeMillis("ends_at", silence.endsAtMillis())
            .text("created_by", silence.createdBy())
            .text("comment", silence.comment())
            .text("status", silence.state(nowMillis).text())
            .timeMillis("updated_at", silence.updatedAtMillis())
            .build());
  }

  private static String matchers(List<Matcher> matchers) {
    JsonBuffer out = new JsonBuffer(256).raw('[');
    for (int i = 0; i < matchers.size(); i++) {
      if (i > 0) {
        out.raw(',');
      }
      out.string(matchers.get(i).toString());
    }
    return new String(out.raw(']').toByteArray(), StandardCharsets.UTF_8);
  }

  static Silence silence(Row row) {
    List<Matcher> matchers = new ArrayList<>();
    for (JsonNode text : StrictJson.mapper().readTree(row.text("matchers"))) {
      matchers.add(MatcherSyntax.parse(text.stringValue()));
    }
    return new Silence(
        row.text("id"),
        matchers,
        row.timeMillis("starts_at"),
        row.timeMillis("ends_at"),
        row.optionalText("created_by").orElse(""),
        row.optionalText("comment").orElse(""),
        row.timeMillis("updated_at"));
  }

  static String labels(Labels labels) {
    JsonBuffer out = new JsonBuffer(256);
    AnnouncementEvent.labels(out, labels);
    return new String(out.toByteArray(), StandardCharsets.UTF_8);
  }

  static Labels labels(Row row, String column) {
    Labels.Builder labels = Labels.builder();
    if (row.has(column)) {
      for (Map.Entry<String, JsonNode> entry :
          StrictJson.mapper().readTree(row.text(column)).properties()) {
        labels.set(entry.getKey(), entry.getValue().stringValue());
      }
    }
    return labels.build();
  }
}
