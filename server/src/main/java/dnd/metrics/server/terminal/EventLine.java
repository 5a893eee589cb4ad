package dnd.metrics.server.terminal;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** An event that passed, in one line for a person: who sends what, and how much of it. */
public final class EventLine {
  private static final int NAMES = 3;
  private static final int LONGEST_TEXT = 120;

  private EventLine() {}

  /** What the payload says; of something that is no event its beginning. */
  public static String summary(byte[] payload) {
    Map<String, Object> event;
    try {
      event = PlainJson.object(payload);
    } catch (NotJsonException e) {
      return payload.length + " bytes: " + shorten(new String(payload, StandardCharsets.UTF_8));
    }
    Map<String, Object> data = PlainJson.object(event, "data");
    return switch (PlainJson.text(event, "type")) {
      case "metrics.push", "metrics.report" -> batch(data);
      case "metrics.collected" -> collected(event, data);
      case "metrics.rejected" -> rejected(event, data);
      case "metrics.query", "metrics.parse" -> query(data);
      case "metrics.result" -> result(data);
      case "alert.triggered", "alert.resolved" -> shorten(AlertLine.announcement(data));
      case "alert.status" -> shorten(AlertLine.report(data));
      case "alerts.status" ->
          shorten(data.containsKey("status") ? AlertLine.status(data) : AlertLine.report(data));
      case "alert.silence", "alerts.silence" -> shorten(AlertLine.silenceRequest(data));
      case "alerts.silences" -> shorten(AlertLine.silences(data));
      default -> shorten(PlainJson.line(data.isEmpty() ? event : data));
    };
  }

  private static String batch(Map<String, Object> data) {
    List<Object> metrics = PlainJson.list(data, "metrics");
    List<String> names = new ArrayList<>();
    for (Object metric : metrics) {
      if (metric instanceof Map<?, ?> map) {
        String name = String.valueOf(map.get("name"));
        if (!names.contains(name)) {
          names.add(name);
        }
      }
    }
    String shown = String.join(", ", names.subList(0, Math.min(NAMES, names.size())));
    String more = names.size() > NAMES ? ", +" + (names.size() - NAMES) : "";
    String instance = PlainJson.text(data, "instance");
    return count(metrics.size(), "metric")
        + (instance.isEmpty() ? "" : " of " + instance)
        + ": "
        + shorten(shown + more);
  }

  private static String collected(Map<String, Object> event, Map<String, Object> data) {
    List<Object> rejected = PlainJson.list(data, "rejected");
    String text =
        count(PlainJson.number(data, "count", 0), "metric")
            + " of "
            + PlainJson.text(data, "service")
            + ", seq "
            + PlainJson.text(event, "seq");
    if (Boolean.TRUE.equals(event.get("duplicate"))) {
      text += ", duplicate";
    }
    return rejected.isEmpty() ? text : text + ", " + rejected.size() + " rejected";
  }

  private static String rejected(Map<String, Object> event, Map<String, Object> data) {
    Map<String, Object> error = PlainJson.object(event, "error");
    List<Object> rejected = PlainJson.list(data, "rejected");
    String first = "";
    if (!rejected.isEmpty() && rejected.getFirst() instanceof Map<?, ?> map) {
      first = ": " + map.get("name") + ": " + map.get("reason");
    }
    return shorten(
        PlainJson.text(data, "service")
            + " "
            + PlainJson.text(error, "code")
            + ": "
            + PlainJson.text(error, "description")
            + first);
  }

  private static String query(Map<String, Object> data) {
    String range =
        data.containsKey("start")
            ? " from "
                + PlainJson.text(data, "start")
                + " to "
                + PlainJson.text(data, "end")
                + " every "
                + PlainJson.text(data, "step")
            : "";
    return shorten(PlainJson.text(data, "query")) + range;
  }

  private static String result(Map<String, Object> data) {
    if (!PlainJson.text(data, "status").equals("success")) {
      return shorten(PlainJson.text(data, "errorType") + ": " + PlainJson.text(data, "error"));
    }
    String type = PlainJson.text(data, "resultType");
    int size =
        Math.max(PlainJson.list(data, "result").size(), PlainJson.object(data, "result").size());
    String part = data.containsKey("part") ? ", part " + PlainJson.text(data, "part") : "";
    return switch (type) {
      case "vector", "matrix" -> type + ", " + size + " series" + part;
      case "" -> size + (size == 1 ? " entry" : " entries") + part;
      default -> type + " " + PlainJson.list(data, "result");
    };
  }

  private static String count(long count, String what) {
    return count + " " + what + (count == 1 ? "" : "s");
  }

  private static String shorten(String text) {
    String line = text.replace('\n', ' ').replace('\r', ' ');
    return line.length() <= LONGEST_TEXT ? line : line.substring(0, LONGEST_TEXT - 1) + "…";
  }
}
