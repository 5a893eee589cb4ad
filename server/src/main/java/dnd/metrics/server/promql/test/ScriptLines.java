package dnd.metrics.server.promql.test;

import java.util.List;

/** The lines of a script, stripped, with a place in them; comments count as empty lines. */
final class ScriptLines {
  private final List<String> lines;
  private int next;

  ScriptLines(String script) {
    this.lines =
        script.lines().map(String::strip).map(line -> line.startsWith("#") ? "" : line).toList();
  }

  /** Goes to the next line that is not empty; false where there is none. */
  boolean skipEmpty() {
    while (next < lines.size() && lines.get(next).isEmpty()) {
      next++;
    }
    return next < lines.size();
  }

  /** Whether the current line is empty or there is none. */
  boolean atBlockEnd() {
    return next >= lines.size() || lines.get(next).isEmpty();
  }

  String current() {
    return lines.get(next);
  }

  /** The current line's number, from 1. */
  int number() {
    return next + 1;
  }

  void advance() {
    next++;
  }

  ScriptException error(String reason) {
    return new ScriptException(number(), reason);
  }
}
