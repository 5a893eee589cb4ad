package dnd.metrics.server.announce;

import dnd.metrics.server.model.Labels;

/** Alerts for tests. */
final class AlertExamples {
  private AlertExamples() {}

  static Alert firing(String id, long startedAtMillis, String... labels) {
    Labels set = Labels.of(labels);
    return new Alert(
        id,
        set.get("alertname"),
        "group",
        "file.yml",
        set,
        Labels.of("summary", "of " + id),
        1,
        Alert.Status.FIRING,
        startedAtMillis,
        0,
        "correlation-" + id,
        "metrics_service");
  }

  static Alert resolved(Alert alert, long resolvedAtMillis) {
    return new Alert(
        alert.id(),
        alert.rule(),
        alert.group(),
        alert.file(),
        alert.labels(),
        alert.annotations(),
        alert.value(),
        Alert.Status.RESOLVED,
        alert.startedAtMillis(),
        resolvedAtMillis,
        alert.correlationId(),
        alert.source());
  }
}
