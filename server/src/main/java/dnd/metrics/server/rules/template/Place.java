package dnd.metrics.server.rules.template;

import static dnd.metrics.server.promql.parse.GoQuoting.quote;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Where an expansion is: what errors tell. For one thread. */
final class Place {
  /** The name that the text was read under. */
  private final String name;

  private final String text;
  private String template;
  private @Nullable Node node;

  Place(String name, String text) {
    this.name = name;
    this.text = text;
    this.template = name;
  }

  void at(Node now) {
    node = now;
  }

  /** Says that a template is executed; the one that was before. */
  String enter(String called) {
    String before = template;
    template = called;
    return before;
  }

  ExecutionException error(String words) {
    Node at = node;
    if (at == null) {
      return new ExecutionException("template: " + template + ": " + words);
    }
    String before = text.substring(0, at.position());
    int lineStart = before.lastIndexOf('\n') + 1;
    long line = 1 + before.chars().filter(c -> c == '\n').count();
    int column = before.substring(lineStart).getBytes(StandardCharsets.UTF_8).length;
    return new ExecutionException(
        "template: "
            + name
            + ":"
            + line
            + ":"
            + column
            + ": executing "
            + quote(template)
            + " at <"
            + at
            + ">: "
            + words);
  }
}
