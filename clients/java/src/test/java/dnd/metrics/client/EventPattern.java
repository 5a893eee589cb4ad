package dnd.metrics.client;

import dnd.metrics.events.Durations;
import dnd.metrics.events.Timestamps;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * Compares JSON with the patterns of conformance/events/README.md and
 * conformance/clients/README.md. What {@code <as:WORD>} stands for is remembered for a whole case.
 */
final class EventPattern {
  private static final String UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";

  private final Map<String, String> words = new HashMap<>();

  /** Fails with the place and both sides where {@code found} does not match. */
  void check(String path, JsonNode pattern, JsonNode found) {
    if (pattern.isObject()) {
      require(found.isObject(), path, pattern, found);
      for (Map.Entry<String, JsonNode> entry : pattern.properties()) {
        JsonNode value = found.path(entry.getKey());
        check(path + "." + entry.getKey(), entry.getValue(), value);
      }
    } else if (pattern.isArray()) {
      require(found.isArray() && found.size() == pattern.size(), path, pattern, found);
      for (int i = 0; i < pattern.size(); i++) {
        check(path + "[" + i + "]", pattern.get(i), found.get(i));
      }
    } else if (pattern.isNumber()) {
      require(
          found.isNumber() && found.doubleValue() == pattern.doubleValue(), path, pattern, found);
    } else if (pattern.isString()) {
      checkText(path, pattern, found);
    } else {
      require(pattern.equals(found), path, pattern, found);
    }
  }

  private void checkText(String path, JsonNode pattern, JsonNode found) {
    String text = pattern.stringValue();
    boolean matches;
    if (text.equals("<absent>")) {
      matches = found.isMissingNode();
    } else if (text.equals("<any>")) {
      matches = !found.isMissingNode();
    } else if (text.equals("<number>")) {
      matches = found.isNumber();
    } else if (text.equals("<text>")) {
      matches = found.isString() && !found.stringValue().isEmpty();
    } else if (text.equals("<uuid>")) {
      matches = found.isString() && found.stringValue().matches(UUID);
    } else if (text.equals("<time>")) {
      matches = found.isString() && Timestamps.parse(found.stringValue()) != null;
    } else if (text.startsWith("<time:")) {
      matches = time(found) == ManualClock.START_MILLIS + millis(inner(text));
    } else if (text.startsWith("<as:")) {
      matches = found.isString() && isWord(inner(text), found.stringValue());
    } else if (text.startsWith("<contains:")) {
      matches = found.isString() && found.stringValue().contains(inner(text));
    } else {
      matches = found.isString() && found.stringValue().equals(text);
    }
    require(matches, path, pattern, found);
  }

  private static String inner(String text) {
    return text.substring(text.indexOf(':') + 1, text.length() - 1);
  }

  static long millis(String duration) {
    Long millis = Durations.parse(duration);
    if (millis == null) {
      throw new AssertionError(duration + " is no duration");
    }
    return millis;
  }

  private static long time(JsonNode found) {
    Long millis =
        found.isNumber()
            ? Timestamps.ofUnixSeconds(found.doubleValue())
            : Timestamps.parse(found.asString(""));
    return millis == null ? Long.MIN_VALUE : millis;
  }

  private boolean isWord(String word, String text) {
    String known = words.get(word);
    if (known != null) {
      return known.equals(text);
    }
    if (words.containsValue(text)) {
      return false;
    }
    words.put(word, text);
    return true;
  }

  private static void require(boolean holds, String path, JsonNode pattern, JsonNode found) {
    if (!holds) {
      throw new AssertionError(path + ": expected " + pattern + "\nfound " + found);
    }
  }
}
