package dnd.metrics.server;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The environment variables that settings may name in place of a secret: <code>${NAME}</code>. */
record Secrets(Map<String, String> environment) {
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)}");

  Secrets {
    environment = Map.copyOf(environment);
  }

  /**
   * The text with the variables' values in their places.
   *
   * @throws IllegalArgumentException where one is not set
   */
  String filledIn(String text) {
    Matcher matcher = VARIABLE.matcher(text);
    StringBuilder result = new StringBuilder();
    while (matcher.find()) {
      String value = environment.get(matcher.group(1));
      if (value == null) {
        throw new IllegalArgumentException(
            "the environment variable " + matcher.group(1) + " is not set");
      }
      matcher.appendReplacement(result, Matcher.quoteReplacement(value));
    }
    return matcher.appendTail(result).toString();
  }
}
