package dnd.metrics.server.conformance;

import java.time.Duration;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Puts a case's service and times into its texts (conformance/events/README.md). */
record Placeholders(String service, Instant time) {
  private static final Pattern TIME =
      Pattern.compile("\\$\\{(unix:)?t(?:([+-])([0-9]+)([smhd]))?}");

  String text(String text) {
    Matcher matcher = TIME.matcher(text.replace("${service}", service));
    return matcher.replaceAll(m -> {
      Instant at = moved(m.group(2), m.group(3), m.group(4));
      return m.group(1) == null ? at.toString() : Long.toString(at.getEpochSecond());
    });
  }

  private Instant moved(String sign, String count, String unit) {
    if (sign == null) {
      return time;
    }
    Duration by =
        switch (unit) {
          case "s" -> Duration.ofSeconds(Long.parseLong(count));
          case "m" -> Duration.ofMinutes(Long.parseLong(count));
          case "h" -> Duration.ofHours(Long.parseLong(count));
          default -> Duration.ofDays(Long.parseLong(count));
        };
    return sign.equals("+") ? time.plus(by) : time.minus(by);
  }

  JsonNode json(JsonNode node) {
    JsonMapper mapper = JsonMapper.shared();
    if (node instanceof ObjectNode object) {
      ObjectNode result = mapper.createObjectNode();
      object.forEachEntry((key, value) -> result.set(text(key), json(value)));
      return result;
    }
    if (node instanceof ArrayNode array) {
      ArrayNode result = mapper.createArrayNode();
      array.forEach(element -> result.add(json(element)));
      return result;
    }
    if (node.isString()) {
      String text = node.stringValue();
      boolean number = text.startsWith("${unix:") && TIME.matcher(text).matches();
      return number
          ? mapper.getNodeFactory().numberNode(Long.parseLong(text(text)))
          : mapper.getNodeFactory().stringNode(text(text));
    }
    return node;
  }
}
