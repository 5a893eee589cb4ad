package dnd.metrics.server.conformance;

import dnd.metrics.events.Timestamps;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** Compares an event with a pattern (conformance/events/README.md). */
final class EventPattern {
  private EventPattern() {}

  /** What differs, each with its path; empty where the event matches. */
  static List<String> differences(JsonNode pattern, JsonNode event) {
    List<String> found = new ArrayList<>();
    compare("$", pattern, event, found);
    return found;
  }

  private static void compare(String path, JsonNode pattern, JsonNode found, List<String> out) {
    if (pattern.isObject()) {
      if (!found.isObject()) {
        out.add(path + ": is " + found);
        return;
      }
      pattern.forEachEntry((key, value) -> {
        boolean absent = value.isString() && value.stringValue().equals("<absent>");
        JsonNode element = found.get(key);
        if (absent != (element == null)) {
          out.add(path + "." + key + (absent ? ": is there: " + element : ": is missing"));
        } else if (element != null) {
          compare(path + "." + key, value, element, out);
        }
      });
    } else if (pattern.isArray()) {
      if (!found.isArray() || found.size() != pattern.size()) {
        out.add(path + ": has not " + pattern.size() + " elements: " + found);
        return;
      }
      for (int i = 0; i < pattern.size(); i++) {
        compare(path + "[" + i + "]", pattern.get(i), found.get(i), out);
      }
    } else if (pattern.isString()) {
      if (!matches(pattern.stringValue(), found)) {
        out.add(path + ": " + found + " is not " + pattern);
      }
    } else if (pattern.isNumber()) {
      if (!found.isNumber() || found.doubleValue() != pattern.doubleValue()) {
        out.add(path + ": " + found + " is not " + pattern);
      }
    } else if (!pattern.equals(found)) {
      out.add(path + ": " + found + " is not " + pattern);
    }
  }

  private static boolean matches(String pattern, JsonNode found) {
    if (pattern.equals("<any>")) {
      return true;
    }
    if (pattern.equals("<number>")) {
      return found.isNumber();
    }
    if (!found.isString()) {
      return false;
    }
    String text = found.stringValue();
    return switch (pattern) {
      case "<text>" -> !text.isEmpty();
      case "<uuid>" -> isUuid(text);
      case "<time>" -> text.contains("T") && Timestamps.parse(text) != null;
      default ->
          (pattern.startsWith("<contains:") && pattern.endsWith(">"))
              ? text.contains(pattern.substring("<contains:".length(), pattern.length() - 1))
              : pattern.equals(text);
    };
  }

  private static boolean isUuid(String text) {
    try {
      return text.length() == 36 && UUID.fromString(text).toString().equals(text);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
