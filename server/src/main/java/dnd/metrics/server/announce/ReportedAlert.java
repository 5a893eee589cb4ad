package dnd.metrics.server.announce;

import dnd.metrics.events.ErrorCode;
import dnd.metrics.events.EventTypes;
import dnd.metrics.events.Fields;
import dnd.metrics.events.InvalidEventException;
import dnd.metrics.events.Timestamps;
import dnd.metrics.server.model.Labels;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An alert as a service reports it. Immutable.
 *
 * @param labels all labels: the alert's own, {@code alertname}, and {@code service}, which is the
 *     sender
 * @param firing whether it holds
 * @param value what the service gives as its value, or 0
 * @param startedAtMillis when it began
 * @param endsAtMillis when it is over where it is not reported again; of one that does not hold,
 *     when it ended
 */
record ReportedAlert(
    String name,
    Labels labels,
    Labels annotations,
    boolean firing,
    double value,
    long startedAtMillis,
    long endsAtMillis) {
  private static final int MAX_LABELS = 64;
  private static final int MAX_NAME_CHARS = 1024;
  private static final int MAX_VALUE_CHARS = 8192;
  private static final String ALERT_NAME = "alertname";
  private static final String SERVICE = "service";

  /**
   * Reads one alert of an event.
   *
   * @param path of the alert, with a dot at its end
   * @param service who sends it
   */
  static ReportedAlert read(
      JsonNode node, String path, String service, long nowMillis, long resolveTimeoutMillis)
      throws InvalidEventException {
    if (!(node instanceof ObjectNode object)) {
      throw new InvalidEventException(
          ErrorCode.WRONG_TYPE, path.substring(0, path.length() - 1), "must be an object");
    }
    Fields fields = new Fields(object, path);
    String name = fields.requireString("name");
    if (name.isEmpty() || name.length() > MAX_NAME_CHARS) {
      throw invalid(path + "name", "must have 1 to " + MAX_NAME_CHARS + " characters");
    }
    boolean firing =
        switch (Objects.requireNonNullElse(fields.string("status"), "firing")) {
          case "firing" -> true;
          case "resolved" -> false;
          default -> throw invalid(path + "status", "must be firing or resolved");
        };
    Long startedAt = fields.timestamp("started_at");
    long started = startedAt == null ? nowMillis : startedAt;
    Long endsAt = fields.timestamp("ends_at");
    Long expires = fields.duration("expires");
    long ends;
    if (endsAt != null) {
      ends = endsAt;
    } else if (!firing) {
      ends = nowMillis;
    } else {
      long stays = expires == null ? resolveTimeoutMillis : expires;
      ends = nowMillis + Math.min(stays, Timestamps.MAX_MILLIS - nowMillis);
    }
    if (startedAt != null && ends < started) {
      throw invalid(path + "ends_at", "is before started_at");
    }
    return new ReportedAlert(
        name,
        allLabels(fields, path, name, service),
        labels(fields, path, "annotations").build(),
        firing && ends > nowMillis,
        value(fields, path),
        Math.min(started, ends),
        firing && ends > nowMillis ? ends : Math.min(ends, nowMillis));
  }

  private static Labels allLabels(Fields fields, String path, String name, String service)
      throws InvalidEventException {
    Labels.Builder labels = labels(fields, path, "labels");
    String given = labels.get(ALERT_NAME);
    if (!given.isEmpty() && !given.equals(name)) {
      throw invalid(path + "labels.alertname", "is not the alert's name");
    }
    String other = labels.get(SERVICE);
    if (!other.isEmpty() && !other.equals(service)) {
      labels.set("exported_" + SERVICE, other);
    }
    return labels.set(ALERT_NAME, name).set(SERVICE, service).build();
  }

  private static Labels.Builder labels(Fields fields, String path, String field)
      throws InvalidEventException {
    Labels.Builder labels = Labels.builder();
    JsonNode node = fields.node(field);
    if (node == null) {
      return labels;
    }
    if (!(node instanceof ObjectNode object)) {
      throw new InvalidEventException(ErrorCode.WRONG_TYPE, path + field, "must be an object");
    }
    if (object.size() > MAX_LABELS) {
      throw invalid(path + field, "has more than " + MAX_LABELS + " entries");
    }
    for (Map.Entry<String, JsonNode> entry : object.properties()) {
      String place = path + field + "." + entry.getKey();
      if (entry.getKey().isEmpty() || entry.getKey().length() > MAX_NAME_CHARS) {
        throw invalid(path + field, "a name must have 1 to " + MAX_NAME_CHARS + " characters");
      }
      if (!entry.getValue().isString()) {
        throw new InvalidEventException(ErrorCode.WRONG_TYPE, place, "must be a string");
      }
      if (entry.getValue().stringValue().length() > MAX_VALUE_CHARS) {
        throw invalid(place, "has more than " + MAX_VALUE_CHARS + " characters");
      }
      labels.set(entry.getKey(), entry.getValue().stringValue());
    }
    return labels;
  }

  private static double value(Fields fields, String path) throws InvalidEventException {
    JsonNode node = fields.node("value");
    if (node == null) {
      return 0;
    }
    if (!node.isNumber()) {
      throw new InvalidEventException(ErrorCode.WRONG_TYPE, path + "value", "must be a number");
    }
    return node.doubleValue();
  }

  /**
   * Whether {@code service} may report alerts: all may but the service that has this name itself.
   */
  static void requireSender(String service) throws InvalidEventException {
    if (service.equals(EventTypes.SERVICE_NAME)) {
      throw new InvalidEventException(
          ErrorCode.SERVICE_MISMATCH, "", "alerts of " + service + " come from its rules alone");
    }
  }

  private static InvalidEventException invalid(String field, String message) {
    return new InvalidEventException(ErrorCode.INVALID_ALERT, field, message);
  }
}
