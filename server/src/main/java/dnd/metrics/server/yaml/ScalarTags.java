package dnd.metrics.server.yaml;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** What kind of value a scalar is, by YAML 1.2's core schema with Go's additions. */
final class ScalarTags {
  private static final Pattern INTEGER =
      Pattern.compile("[+-]?(0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*)");
  private static final Pattern FLOAT =
      Pattern.compile(
          "[+-]?(\\.[0-9]+|[0-9][0-9_]*(\\.[0-9_]*)?)([eE][+-]?[0-9]+)?|[+-]?\\.(inf|Inf|INF)"
              + "|\\.(nan|NaN|NAN)");
  private static final Pattern TIMESTAMP =
      Pattern.compile("[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ][0-9: .]+([Zz]|[+-][0-9:]+)?)?");
  private static final String PREFIX = "tag:yaml.org,2002:";

  private ScalarTags() {}

  static String tag(Optional<String> explicit, String text, boolean plain) {
    if (explicit.isPresent() && !explicit.get().equals("!")) {
      String tag = explicit.get();
      return tag.startsWith(PREFIX) ? "!!" + tag.substring(PREFIX.length()) : tag;
    }
    if (!plain) {
      return "!!str";
    }
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "", "~", "null" -> "!!null";
      case "true", "false" -> "!!bool";
      case "<<" -> "!!merge";
      default -> number(text);
    };
  }

  private static String number(String text) {
    if (INTEGER.matcher(text).matches()) {
      return "!!int";
    }
    if (FLOAT.matcher(text).matches()) {
      return "!!float";
    }
    return TIMESTAMP.matcher(text).matches() ? "!!timestamp" : "!!str";
  }
}
