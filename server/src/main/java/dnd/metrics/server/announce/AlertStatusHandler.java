package dnd.metrics.server.announce;

import dnd.metrics.events.ErrorCode;
import dnd.metrics.events.Fields;
import dnd.metrics.events.InvalidEventException;
import dnd.metrics.events.StrictJson;
import dnd.metrics.events.Timestamps;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.request.Request;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Answers {@code *.alert.status}: with {@code alerts} it takes in a service's own, without it lists
 * those that are active. For one thread.
 */
final class AlertStatusHandler {
  private final Announcer announcer;
  private final AlertReports reports;
  private final Supplier<List<AlertView>> pending;
  private final int maxPayloadBytes;

  /**
   * @param pending the alerts that do not fire yet
   */
  AlertStatusHandler(
      Announcer announcer,
      AlertReports reports,
      Supplier<List<AlertView>> pending,
      int maxPayloadBytes) {
    this.announcer = announcer;
    this.reports = reports;
    this.pending = pending;
    this.maxPayloadBytes = maxPayloadBytes;
  }

  ObjectNode answer(Request request) throws InvalidEventException {
    return request.fields().has("alerts") ? reports.report(request) : list(request);
  }

  private ObjectNode list(Request request) throws InvalidEventException {
    Fields data = request.fields();
    List<Matcher> filter = MatcherFields.read(data, "matchers");
    if (!reports.load() || !announcer.awaitAlerts()) {
      throw new InvalidEventException(
          ErrorCode.STORAGE_UNAVAILABLE,
          "",
          "which alerts fire is not known yet: the database is away");
    }
    List<AlertView> views = new ArrayList<>(announcer.views());
    if (data.bool("pending")) {
      views.addAll(pending.get());
    }
    views.removeIf(view -> !Matcher.allMatch(filter, view.labels()));
    views.sort(Comparator.comparing(AlertStatusHandler::key));
    ObjectNode answer = StrictJson.mapper().createObjectNode();
    Page.of(data, maxPayloadBytes)
        .put(answer, "alerts", views, AlertStatusHandler::key, AlertStatusHandler::json);
    return answer;
  }

  /** Oldest first. */
  private static String key(AlertView view) {
    return String.format(
        Locale.ROOT,
        "%016d-%s-%s-%s-%s",
        view.startedAtMillis(),
        Fingerprint.of(view.labels()),
        view.source(),
        view.file(),
        view.group());
  }

  private static ObjectNode json(AlertView view) {
    ObjectNode node = StrictJson.mapper().createObjectNode();
    node.put("name", view.name());
    node.put("status", view.status());
    node.set("labels", labels(view.labels()));
    node.set("annotations", labels(view.annotations()));
    node.put("started_at", Timestamps.format(view.startedAtMillis()));
    node.put("state", view.state().text());
    putNumber(node, view.value());
    node.put("fingerprint", Fingerprint.of(view.labels()));
    node.put("group", view.group());
    node.put("file", view.file());
    node.put("source", view.source());
    put(node, "silenced_by", view.silencedBy());
    put(node, "inhibited_by", view.inhibitedBy());
    put(node, "muted_by", view.mutedBy());
    put(node, "receivers", view.receivers());
    return node;
  }

  /** As {@code JsonBuffer.number} writes it. */
  private static void putNumber(ObjectNode node, double value) {
    if (value == Math.rint(value) && Math.abs(value) < 1e15) {
      node.put("value", (long) value);
    } else if (Double.isFinite(value)) {
      node.put("value", value);
    } else {
      node.put("value", Double.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf");
    }
  }

  private static ObjectNode labels(Labels labels) {
    ObjectNode node = StrictJson.mapper().createObjectNode();
    labels.forEach(node::put);
    return node;
  }

  private static void put(ObjectNode node, String name, List<String> texts) {
    ArrayNode array = node.putArray(name);
    texts.forEach(array::add);
  }
}
