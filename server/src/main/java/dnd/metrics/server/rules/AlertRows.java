package dnd.metrics.server.rules;

import dnd.metrics.events.EventTypes;
import dnd.metrics.server.announce.Alert;
import dnd.metrics.server.announce.Fingerprint;
import dnd.metrics.server.database.Change;
import dnd.metrics.server.database.Row;
import dnd.metrics.server.database.Table;
import dnd.metrics.server.model.Labels;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * Episodes of alerts as rows of table {@code alerts} and back. An episode that ends before it fires
 * leaves no row.
 */
final class AlertRows {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final TypeReference<TreeMap<String, String>> TEXTS = new TypeReference<>() {};

  private AlertRows() {}

  /** What the step means for the table. */
  static Change change(PreparedGroup group, AlertChange change) {
    AlertInstance alert = change.alert();
    return switch (change) {
      case AlertChange.Pending _ -> put(group, alert, "pending", alert.activeAtMillis());
      case AlertChange.Fired _ -> put(group, alert, "firing", alert.firedAtMillis());
      case AlertChange.Kept _ -> put(group, alert, "firing", alert.firedAtMillis());
      case AlertChange.Resolved _ -> put(group, alert, "resolved", alert.resolvedAtMillis());
      case AlertChange.Dropped _ ->
          new Change.Remove(Table.ALERTS, Row.builder().text("id", alert.id()).build());
    };
  }

  private static Change put(
      PreparedGroup group, AlertInstance alert, String status, long atMillis) {
    return new Change.Put(
        Table.ALERTS,
        Row.builder()
            .text("id", alert.id())
            .text("rule", alert.labels().get(AlertTracker.ALERT_NAME))
            .text("status", status)
            .text("severity", alert.labels().get("severity"))
            .timeMillis("timestamp", atMillis)
            .timeMillis("started_at", orNull(alert.firedAtMillis()))
            .timeMillis("pending_since", alert.activeAtMillis())
            .timeMillis("resolved_at", orNull(alert.resolvedAtMillis()))
            .timeMillis("keep_firing_since", orNull(alert.keepFiringSinceMillis()))
            .text("fingerprint", Fingerprint.of(alert.labels()))
            .text("group_name", group.name())
            .text("file", group.file())
            .json("labels", JSON.writeValueAsString(alert.labels().toMap()))
            .json("annotations", JSON.writeValueAsString(alert.annotations().toMap()))
            .real("value", Double.isNaN(alert.value()) ? null : (Double) alert.value())
            .text("correlation_id", alert.correlationId())
            .text("source", EventTypes.SERVICE_NAME)
            .build());
  }

  private static @Nullable Long orNull(long millis) {
    return millis == AlertInstance.NEVER ? null : (Long) millis;
  }

  /** The alert of a row that a rule wrote. */
  static AlertInstance read(Row row) {
    AlertState state =
        switch (row.text("status")) {
          case "pending" -> AlertState.PENDING;
          case "firing" -> AlertState.FIRING;
          default -> AlertState.INACTIVE;
        };
    return new AlertInstance(
        row.text("id"),
        labels(row.text("labels")),
        labels(row.text("annotations")),
        row.optionalReal("value").orElse(Double.NaN),
        state,
        row.timeMillis("pending_since"),
        orNever(row.optionalTimeMillis("started_at")),
        orNever(row.optionalTimeMillis("resolved_at")),
        orNever(row.optionalTimeMillis("keep_firing_since")),
        row.optionalText("correlation_id").orElse(""));
  }

  private static Labels labels(String json) {
    Map<String, String> texts = JSON.readValue(json, TEXTS);
    return Labels.of(texts);
  }

  private static long orNever(OptionalLong millis) {
    return millis.orElse(AlertInstance.NEVER);
  }

  /** An alert's labels as others see them: it keeps its own where one has the same name. */
  static Labels withExternal(Labels labels, Labels external) {
    if (external.isEmpty()) {
      return labels;
    }
    Labels.Builder all = external.toBuilder();
    labels.forEach(all::set);
    return all.build();
  }

  /** The alert as the announcer takes it, which is one that fires or fired. */
  static Alert announced(String file, String group, AlertInstance alert, Labels externalLabels) {
    boolean firing = alert.active();
    return new Alert(
        alert.id(),
        alert.labels().get(AlertTracker.ALERT_NAME),
        group,
        file,
        withExternal(alert.labels(), externalLabels),
        alert.annotations(),
        alert.value(),
        firing ? Alert.Status.FIRING : Alert.Status.RESOLVED,
        alert.firedAtMillis(),
        firing ? 0 : alert.resolvedAtMillis(),
        alert.correlationId(),
        EventTypes.SERVICE_NAME);
  }
}
