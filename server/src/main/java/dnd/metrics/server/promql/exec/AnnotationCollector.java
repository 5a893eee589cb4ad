package dnd.metrics.server.promql.exec;

import dnd.metrics.server.promql.parse.PositionRange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Gathers the annotations of a query while it runs. Annotations with one text are one, for which
 * the position counts that Prometheus evaluates last. Of very many, as where each step has another
 * text, the first in the order of their texts are kept. Safe for use by several threads.
 */
final class AnnotationCollector {
  /** The most warnings, and the most infos, that are kept: far more than an answer tells of. */
  static final int MOST_OF_A_KIND = 1000;

  /** Two operands of which the one that stands left is evaluated after the other. */
  private record Backwards(PositionRange left, PositionRange right) {}

  private final TreeMap<String, Annotation> warnings = new TreeMap<>();
  private final TreeMap<String, Annotation> infos = new TreeMap<>();
  private final List<Backwards> backwards = new ArrayList<>();
  private boolean isCut;

  /** Says that {@code left}, other than in Prometheus, is evaluated after {@code right}. */
  synchronized void evaluatedBackwards(PositionRange left, PositionRange right) {
    backwards.add(new Backwards(left, right));
  }

  synchronized void add(Annotation annotation) {
    TreeMap<String, Annotation> byText = annotation.isWarning() ? warnings : infos;
    byText.merge(
        annotation.text(),
        annotation,
        (before, now) -> isLate(now, before) ? before.merge(now) : now.merge(before));
    if (byText.size() > MOST_OF_A_KIND) {
      byText.pollLastEntry(); // comes never again: whatever is kept from now on is before it
      isCut = true;
    }
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
    Map<PositionRange, String> places = new HashMap<>();
    return new Annotations(
        described(warnings, query, places), described(infos, query, places), isCut);
  }

  private static List<String> described(
      Map<String, Annotation> byText, String query, Map<PositionRange, String> places) {
    List<String> described = new ArrayList<>(byText.size());
    for (Annotation annotation : byText.values()) {
      String place = places.computeIfAbsent(annotation.position(), p -> place(query, p.start()));
      described.add(annotation.describe() + " (" + place + ")");
    }
    return described;
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
