package dnd.metrics.server.announce;

import dnd.metrics.server.database.Change;
import dnd.metrics.server.database.Row;
import dnd.metrics.server.database.Table;

/** Rows of table {@code alerts} for alerts that services report. */
final class ReportedRows {
  private ReportedRows() {}

  /**
   * @param endsAtMillis when it is over where it is not reported again; 0 for one that is over
   */
  static Change put(Alert alert, long endsAtMillis, long nowMillis) {
    Row.Builder row =
        Row.builder()
            .text("id", alert.id())
            .text("rule", alert.rule())
            .text("status", alert.status().text())
            .text("severity", alert.severity())
            .timeMillis("timestamp", nowMillis)
            .timeMillis("started_at", alert.startedAtMillis())
            .text("fingerprint", alert.fingerprint())
            .json("labels", AlertRows.labels(alert.labels()))
            .json("annotations", AlertRows.labels(alert.annotations()))
            .real("value", alert.value())
            .text("correlation_id", alert.correlationId())
            .text("source", alert.source());
    if (alert.firing()) {
      row.timeMillis("ends_at", endsAtMillis);
    } else {
      row.timeMillis("resolved_at", alert.resolvedAtMillis());
    }
    return new Change.Put(Table.ALERTS, row.build());
  }

  static Alert alert(Row row) {
    boolean firing = row.text("status").equals(Alert.Status.FIRING.text());
    return new Alert(
        row.text("id"),
        row.optionalText("rule").orElse(""),
        "",
        "",
        AlertRows.labels(row, "labels"),
        AlertRows.labels(row, "annotations"),
        row.optionalReal("value").orElse(0),
        firing ? Alert.Status.FIRING : Alert.Status.RESOLVED,
        row.optionalTimeMillis("started_at").orElse(0),
        firing ? 0 : row.optionalTimeMillis("resolved_at").orElse(0),
        row.optionalText("correlation_id").orElse(""),
        row.optionalText("source").orElse(""));
  }
}
