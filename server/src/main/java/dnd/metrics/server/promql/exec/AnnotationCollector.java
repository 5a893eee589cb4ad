package dnd.metrics.server.promql.exec;

import dnd.metrics.server.promql.parse.PositionRange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Gathers the annotations of a query while it runs. Annotations with one text are one, for which
 * the position counts that Prometheus evaluates last. Safe for use by several threads.
 */
final class AnnotationCollector {
  /** Two operands of which the one that stands left is evaluated after the other. */
  private record Backwards(PositionRange left, PositionRange right) {}

  private final Map<String, Annotation> byText = new TreeMap<>();
  private final List<Backwards> backwards = new ArrayList<>();

  /** Says that {@code left}, other than in Prometheus, is evaluated after {@code right}. */
  synchronized void evaluatedBackwards(PositionRange left, PositionRange right) {
    backwards.add(new Backwards(left, right));
  }

  synchronized void add(Annotation annotation) {
    byText.merge(
        annotation.text(),
        annotation,
        (before, now) -> isLate(now, before) ? before.merge(now) : now.merge(before));
  }

  /** Whether {@code now} would have come before {@code before} in Prometheus. */
  private boolean isLate(Annotation now, Annotation before) {
    for (Backwards operands : backwards) {
      if (operands.left().contains(now.position())
          && operands.right().contains(before.position())) {
        return true;
      }
    }
    return false;
  }

  synchronized Annotations finish(String query) {
    List<String> warnings = new ArrayList<>();
    List<String> infos = new ArrayList<>();
    Map<PositionRange, String> places = new HashMap<>();
    for (Annotation annotation : byText.values()) {
      String place = places.computeIfAbsent(annotation.position(), p -> place(query, p.start()));
      (annotation.isWarning() ? warnings : infos).add(annotation.describe() + " (" + place + ")");
    }
    return new Annotations(warnings, infos);
  }

  private static String place(String query, int start) {
    int line = 1;
    int lineStart = 0;
    for (int i = 0; i < start && i < query.length(); i++) {
      if (query.charAt(i) == '\n') {
        line++;
        lineStart = i + 1;
      }
    }
    String before = query.substring(lineStart, Math.min(start, query.length()));
    int column = before.getBytes(java.nio.charset.StandardCharsets.UTF_8).length + 1;
    return line + ":" + column;
  }
}
