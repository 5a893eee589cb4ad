package dnd.metrics.bench;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * One row of a benchmark's result: what was measured, on which system, and its figures by name,
 * units in the names.
 */
record Measured(String what, String system, Map<String, Object> figures) {
  private static final double[] PERCENTILES = {50, 90, 99, 99.9};

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

  /** How long things took: their number and percentiles in milliseconds, then further figures. */
  static Measured times(String what, Histogram nanos, Object... namesAndFigures) {
    List<Object> figures = new ArrayList<>(List.of("count", nanos.getTotalCount()));
    for (double percentile : PERCENTILES) {
      String name = BigDecimal.valueOf(percentile).stripTrailingZeros().toPlainString();
      figures.addAll(List.of("p" + name + " ms", nanos.getValueAtPercentile(percentile) / 1e6));
    }
    figures.addAll(List.of("max ms", nanos.getMaxValue() / 1e6));
    figures.addAll(List.of(namesAndFigures));
    return of(what, "dnd-metrics", figures.toArray());
  }

  double number(String name) {
    return figures.get(name) instanceof Number n ? n.doubleValue() : Double.NaN;
  }
}
