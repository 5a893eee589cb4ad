package dnd.metrics.server.dashboards;

import dnd.metrics.events.ErrorCode;
import dnd.metrics.events.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An object of a resource and its path. What is read through it is checked for its type; whatever
 * is wrong goes to one list of problems, which all places of a resource share, and reads as absent.
 */
final class Place {
  private final ObjectNode object;
  private final String path;
  private final List<Problem> problems;

  Place(ObjectNode object, String path, List<Problem> problems) {
    this.object = object;
    this.path = path;
    this.problems = problems;
  }

  void wrong(String key, String message) {
    problems.add(new Problem(ErrorCode.INVALID_DASHBOARD, at(key), message));
  }

  String at(String key) {
    return key.isEmpty() ? path : path + "." + key;
  }

  boolean has(String key) {
    return node(key).isPresent();
  }

  boolean isEmpty() {
    return object.isEmpty();
  }

  Optional<JsonNode> node(String key) {
    return Optional.ofNullable(object.get(key)).filter(node -> !node.isNull());
  }

  private void missing(String key) {
    problems.add(new Problem(ErrorCode.INVALID_DASHBOARD, at(key), "is missing"));
  }

  Optional<String> text(String key) {
    return node(key)
        .filter(node -> is(node.isString(), key, "a string"))
        .map(JsonNode::stringValue);
  }

  Optional<String> requireText(String key) {
    if (!has(key)) {
      missing(key);
    }
    return text(key);
  }

  /** One of {@code allowed}, which must be there. */
  Optional<String> requireWord(String key, Set<String> allowed) {
    return requireText(key)
        .filter(word -> {
          if (!allowed.contains(word)) {
            wrong(key, "must be " + String.join(" or ", allowed) + ", not \"" + word + "\"");
          }
          return allowed.contains(word);
        });
  }

  boolean flag(String key) {
    return node(key)
        .filter(node -> is(node.isBoolean(), key, "true or false"))
        .map(JsonNode::booleanValue)
        .orElse(false);
  }

  Optional<Integer> requireWholeNumber(String key) {
    if (!has(key)) {
      missing(key);
    }
    return node(key)
        .filter(
            node -> is(node.isIntegralNumber() && node.canConvertToInt(), key, "a whole number"))
        .map(JsonNode::intValue);
  }

  Optional<Place> object(String key) {
    return node(key)
        .filter(node -> is(node.isObject(), key, "an object"))
        .map(node -> new Place((ObjectNode) node, at(key), problems));
  }

  Optional<Place> requireObject(String key) {
    if (!has(key)) {
      missing(key);
    }
    return object(key);
  }

  /** The objects of a list; elements that are none are reported and left out. */
  List<Place> objects(String key) {
    List<Place> found = new ArrayList<>();
    List<JsonNode> elements = list(key);
    for (int i = 0; i < elements.size(); i++) {
      JsonNode element = elements.get(i);
      if (is(element.isObject(), key + "[" + i + "]", "an object")) {
        found.add(new Place((ObjectNode) element, at(key + "[" + i + "]"), problems));
      }
    }
    return found;
  }

  List<JsonNode> list(String key) {
    List<JsonNode> found = new ArrayList<>();
    node(key)
        .filter(node -> is(node.isArray(), key, "a list"))
        .ifPresent(node -> node.forEach(found::add));
    return found;
  }

  /** The members of an object of objects, by key. */
  Map<String, Place> members(String key) {
    Map<String, Place> found = new java.util.LinkedHashMap<>();
    object(key)
        .ifPresent(members -> {
          for (String name : members.object.propertyNames()) {
            members.requireObject(name).ifPresent(member -> found.put(name, member));
          }
        });
    return found;
  }

  private boolean is(boolean right, String key, String wanted) {
    if (!right) {
      wrong(key, "must be " + wanted);
    }
    return right;
  }
}
