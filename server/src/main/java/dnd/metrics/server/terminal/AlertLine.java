package dnd.metrics.server.terminal;

import dnd.metrics.events.Durations;
import dnd.metrics.events.Timestamps;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** An event about alerts or silences, in one line for a person. */
final class AlertLine {
  /** Of what lasts longer, milliseconds are of no interest. */
  private static final long SHORT_MILLIS = 10_000;

  private static final List<String> SAID_ALREADY = List.of("alertname", "severity");

  private AlertLine() {}

  /** {@code alert.triggered} and {@code alert.resolved}: what, how bad, where, and why. */
  static String announcement(Map<String, Object> data) {
    StringBuilder out = new StringBuilder(PlainJson.text(data, "rule"));
    String severity = PlainJson.text(data, "severity");
    if (!severity.isEmpty()) {
      out.append(" (").append(severity).append(')');
    }
    PlainJson.object(data, "labels")
        .forEach((name, value) -> {
          if (!SAID_ALREADY.contains(name)) {
            out.append(' ').append(name).append('=').append(value);
          }
        });
    Long started = Timestamps.parse(PlainJson.text(data, "started_at"));
    Long resolved = Timestamps.parse(PlainJson.text(data, "resolved_at"));
    if (started != null && resolved != null) {
      long lasted = Math.max(0, resolved - started);
      lasted -= lasted < SHORT_MILLIS ? 0 : lasted % 1000;
      out.append(", over after ").append(Durations.format(lasted));
    }
    String receiver = PlainJson.text(data, "receiver");
    if (!receiver.isEmpty()) {
      out.append(" → ").append(receiver);
    }
    if (PlainJson.number(data, "repeat", 0) > 0) {
      out.append(", again");
    }
    String summary = PlainJson.text(PlainJson.object(data, "annotations"), "summary");
    return summary.isEmpty() ? out.toString() : out + ": " + summary;
  }

  /** {@code alert.status}: what a service reports, or what is asked. */
  static String report(Map<String, Object> data) {
    if (!data.containsKey("alerts")) {
      List<Object> matchers = PlainJson.list(data, "matchers");
      return "which alerts are active?" + (matchers.isEmpty() ? "" : " " + matchers);
    }
    List<String> alerts = new ArrayList<>();
    for (Object each : PlainJson.list(data, "alerts")) {
      if (each instanceof Map<?, ?> alert) {
        Object status = alert.get("status");
        alerts.add(alert.get("name") + " " + (status == null ? "firing" : status));
      }
    }
    return "reports " + String.join(", ", alerts);
  }

  /** {@code alerts.status}: the answer to either. */
  static String status(Map<String, Object> data) {
    if (!PlainJson.text(data, "status").equals("success")) {
      return PlainJson.text(data, "error");
    }
    if (data.containsKey("accepted")) {
      List<Object> rejected = PlainJson.list(data, "rejected");
      return PlainJson.text(data, "accepted")
          + " accepted"
          + (rejected.isEmpty() ? "" : ", " + rejected.size() + " rejected");
    }
    return PlainJson.text(data, "total") + " active";
  }

  /** {@code alert.silence}: what is asked. */
  static String silenceRequest(Map<String, Object> data) {
    String action = PlainJson.text(data, "action");
    List<Object> matchers = PlainJson.list(data, "matchers");
    String id = PlainJson.text(data, "id");
    return (action.isEmpty() ? "list" : action)
        + (id.isEmpty() ? "" : " " + id)
        + (matchers.isEmpty() ? "" : " " + matchers);
  }

  /** {@code alerts.silences}: the answer. */
  static String silences(Map<String, Object> data) {
    if (!PlainJson.text(data, "status").equals("success")) {
      return PlainJson.text(data, "error");
    }
    Map<String, Object> silence = PlainJson.object(data, "silence");
    if (silence.isEmpty()) {
      int count = PlainJson.list(data, "silences").size();
      return count + (count == 1 ? " silence" : " silences");
    }
    return PlainJson.text(silence, "state")
        + " "
        + PlainJson.list(silence, "matchers")
        + " until "
        + PlainJson.text(silence, "ends_at")
        + " by "
        + PlainJson.text(silence, "created_by")
        + ": "
        + PlainJson.text(silence, "comment");
  }
}
