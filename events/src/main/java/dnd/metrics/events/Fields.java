package dnd.metrics.events;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads the fields of one JSON object of an event; each way to be wrong is an {@link
 * InvalidEventException} that names the field's path. A field that is {@code null} counts as
 * absent. Fields that nobody asks for are accepted silently, as in CloudEvents.
 */
public final class Fields {
  private final ObjectNode object;
  private final String path;

  /**
   * @param path the object's own path with a dot at its end, such as {@code data.}, or empty
   */
  public Fields(ObjectNode object, String path) {
    this.object = object;
    this.path = path;
  }

  public boolean has(String name) {
    return node(name) != null;
  }

  /** The field's value as it is, or null where it is absent. */
  public @Nullable JsonNode node(String name) {
    JsonNode node = object.get(name);
    return node == null || node.isNull() ? null : node;
  }

  public @Nullable String string(String name) throws InvalidEventException {
    JsonNode node = node(name);
    if (node == null) {
      return null;
    }
    if (!node.isString()) {
      throw wrongType(name, "a string", node);
    }
    return node.stringValue();
  }

  public String requireString(String name) throws InvalidEventException {
    String value = string(name);
    if (value == null) {
      throw missing(name);
    }
    return value;
  }

  public boolean bool(String name) throws InvalidEventException {
    JsonNode node = node(name);
    if (node == null) {
      return false;
    }
    if (!node.isBoolean()) {
      throw wrongType(name, "true or false", node);
    }
    return node.booleanValue();
  }

  /** A time as Unix milliseconds, or null where it is absent. */
  public @Nullable Long timestamp(String name) throws InvalidEventException {
    JsonNode node = node(name);
    if (node == null) {
      return null;
    }
    Long millis;
    if (node.isNumber()) {
      millis = Timestamps.ofUnixSeconds(node.doubleValue());
    } else if (node.isString()) {
      millis = Timestamps.parse(node.stringValue());
    } else {
      throw wrongType(name, "a time (RFC 3339 text or Unix seconds)", node);
    }
    if (millis == null) {
      throw new InvalidEventException(
          ErrorCode.INVALID_TIMESTAMP, path + name, node + " is neither RFC 3339 nor Unix seconds");
    }
    return millis;
  }

  /** A duration as milliseconds, or null where it is absent. */
  public @Nullable Long duration(String name) throws InvalidEventException {
    JsonNode node = node(name);
    if (node == null) {
      return null;
    }
    Long millis;
    if (node.isNumber()) {
      millis = Durations.ofSeconds(node.doubleValue());
    } else if (node.isString()) {
      millis = Durations.parse(node.stringValue());
    } else {
      throw wrongType(name, "a duration (such as 1h30m, or seconds)", node);
    }
    if (millis == null) {
      throw new InvalidEventException(
          ErrorCode.INVALID_DURATION, path + name, node + " is neither like 1h30m nor seconds");
    }
    return millis;
  }

  /** A whole number from 0 up, or {@code absent} where there is none. */
  public int limit(String name, int absent) throws InvalidEventException {
    JsonNode node = node(name);
    if (node == null) {
      return absent;
    }
    if (!node.isNumber()) {
      throw wrongType(name, "a number", node);
    }
    if (!node.isIntegralNumber() || !node.canConvertToInt() || node.intValue() < 0) {
      throw new InvalidEventException(
          ErrorCode.INVALID_LIMIT, path + name, node + " is not a whole number from 0 up");
    }
    return node.intValue();
  }

  /** A list of texts; one text stands for a list of one; empty where it is absent. */
  public List<String> strings(String name) throws InvalidEventException {
    JsonNode node = node(name);
    if (node == null) {
      return List.of();
    }
    if (node.isString()) {
      return List.of(node.stringValue());
    }
    if (!node.isArray()) {
      throw wrongType(name, "a list of strings", node);
    }
    List<String> values = new ArrayList<>(node.size());
    for (int i = 0; i < node.size(); i++) {
      JsonNode element = node.get(i);
      if (!element.isString()) {
        throw wrongType(name + "[" + i + "]", "a string", element);
      }
      values.add(element.stringValue());
    }
    return values;
  }

  /** The correlation id, or a new one where there is none. */
  public String correlationId() throws InvalidEventException {
    String id = string("correlation_id");
    if (id == null) {
      return CorrelationIds.make();
    }
    if (id.isEmpty() || id.length() > CorrelationIds.MAX_LENGTH) {
      throw new InvalidEventException(
          ErrorCode.INVALID_ID,
          path + "correlation_id",
          "must have 1 to " + CorrelationIds.MAX_LENGTH + " characters");
    }
    return id;
  }

  public InvalidEventException missing(String name) {
    return new InvalidEventException(ErrorCode.MISSING_FIELD, path + name, "is missing");
  }

  private InvalidEventException wrongType(String name, String wanted, JsonNode found) {
    return new InvalidEventException(
        ErrorCode.WRONG_TYPE, path + name, "must be " + wanted + ", not " + kind(found));
  }

  private static String kind(JsonNode node) {
    return switch (node.getNodeType()) {
      case ARRAY -> "a list";
      case OBJECT, POJO -> "an object";
      case BOOLEAN -> "a boolean";
      case NUMBER -> "a number";
      case STRING, BINARY -> "a string";
      case NULL, MISSING -> "null";
    };
  }
}
