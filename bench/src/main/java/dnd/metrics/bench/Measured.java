package dnd.metrics.bench;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One row of a benchmark's result: what was measured, on which system, and its figures by name,
 * units in the names.
 */
record Measured(String what, String system, Map<String, Object> figures) {
  Measured {
    figures = new LinkedHashMap<>(figures);
  }

  static Measured of(String what, String system, Object... namesAndFigures) {
    Map<String, Object> figures = new LinkedHashMap<>();
    for (int i = 0; i < namesAndFigures.length; i += 2) {
      figures.put((String) namesAndFigures[i], namesAndFigures[i + 1]);
    }
    return new Measured(what, system, figures);
  }

  double number(String name) {
    return figures.get(name) instanceof Number n ? n.doubleValue() : Double.NaN;
  }
}
