package dnd.metrics.server.terminal;

import dnd.metrics.events.JsonBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * JSON as maps, lists, strings, booleans, longs and doubles; a null is left out of its map and
 * stands as an empty string in its list. Of Jackson only the tokenizer is used: commands start
 * fast.
 */
public final class PlainJson {
  private static final JsonFactory FACTORY = new JsonFactory();

  private PlainJson() {}

  /**
   * Reads a payload that is one JSON object.
   *
   * @throws NotJsonException where it is none
   */
  public static Map<String, Object> object(byte[] bytes) throws NotJsonException {
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), bytes)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new NotJsonException("not a JSON object");
      }
      Map<String, Object> object = readObject(parser);
      if (parser.nextToken() != null) {
        throw new NotJsonException("something follows the JSON object");
      }
      return object;
    } catch (JacksonException e) {
      throw new NotJsonException(String.valueOf(e.getOriginalMessage()));
    }
  }

  private static Map<String, Object> readObject(JsonParser parser) {
    Map<String, Object> object = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      Object value = readValue(parser, parser.nextToken());
      if (value != null) {
        object.put(name, value);
      }
    }
    return object;
  }

  private static @Nullable Object readValue(JsonParser parser, @Nullable JsonToken token) {
    return switch (token) {
      case START_OBJECT -> readObject(parser);
      case START_ARRAY -> {
        List<Object> list = new ArrayList<>();
        JsonToken next = parser.nextToken();
        while (next != JsonToken.END_ARRAY) {
          Object value = readValue(parser, next);
          list.add(value == null ? "" : value);
          next = parser.nextToken();
        }
        yield list;
      }
      case VALUE_STRING -> parser.getString();
      case VALUE_NUMBER_INT -> longOrDouble(parser);
      case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case null, default -> null;
    };
  }

  private static Object longOrDouble(JsonParser parser) {
    return switch (parser.getNumberType()) {
      case INT, LONG -> parser.getLongValue();
      default -> parser.getDoubleValue();
    };
  }

  /** The object called {@code name}, or an empty one. */
  @SuppressWarnings("unchecked") // maps are only ever made by readObject
  public static Map<String, Object> object(Map<String, Object> in, String name) {
    return in.get(name) instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
  }

  /** The list called {@code name}, or an empty one. */
  @SuppressWarnings("unchecked") // lists are only ever made by readValue
  public static List<Object> list(Map<String, Object> in, String name) {
    return in.get(name) instanceof List<?> list ? (List<Object>) list : List.of();
  }

  /** What is called {@code name} as text, or the empty string. */
  public static String text(Map<String, Object> in, String name) {
    Object value = in.get(name);
    return value == null ? "" : value.toString();
  }

  /** The number called {@code name}, or {@code absent}. */
  public static long number(Map<String, Object> in, String name, long absent) {
    return in.get(name) instanceof Number number ? number.longValue() : absent;
  }

  /** Writes what {@link #object} reads. */
  static void write(JsonBuffer out, Object value) {
    switch (value) {
      case Map<?, ?> map -> {
        char separator = '{';
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          out.raw(separator).string(String.valueOf(entry.getKey())).raw(':');
          write(out, entry.getValue());
          separator = ',';
        }
        out.raw(map.isEmpty() ? "{}" : "}");
      }
      case List<?> list -> {
        char separator = '[';
        for (Object element : list) {
          out.raw(separator);
          write(out, element);
          separator = ',';
        }
        out.raw(list.isEmpty() ? "[]" : "]");
      }
      case Long number -> out.number(number.longValue());
      case Double number -> out.number(number.doubleValue());
      case Boolean truth -> out.raw(truth.toString());
      default -> out.string(value.toString());
    }
  }

  /** The value as one line of JSON. */
  public static String line(Object value) {
    JsonBuffer out = new JsonBuffer(256);
    write(out, value);
    return new String(out.array(), 0, out.length(), java.nio.charset.StandardCharsets.UTF_8);
  }
}
