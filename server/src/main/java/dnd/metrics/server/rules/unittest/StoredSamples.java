package dnd.metrics.server.rules.unittest;

import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.SeriesSource;
import dnd.metrics.server.promql.exec.QueryEngine;
import dnd.metrics.server.promql.exec.QueryException;
import dnd.metrics.server.promql.exec.QueryOptions;
import dnd.metrics.server.promql.exec.QueryResult;
import dnd.metrics.server.promql.exec.QueryValue.MatrixSeries;
import dnd.metrics.server.promql.exec.QueryValue.MatrixValue;
import dnd.metrics.server.rules.template.DurationMethods;
import dnd.metrics.server.rules.template.RealText;
import java.util.ArrayList;
import java.util.List;

/** Prints all samples that a test has stored, for who debugs it. */
final class StoredSamples {
  private StoredSamples() {}

  static List<String> dump(
      QueryEngine engine, SeriesSource source, long startMillis, long lastMillis) {
    long seconds = Math.floorDiv(lastMillis + 1000, 1000);
    // A range leaves its beginning out; the first samples are to be seen.
    String expr = "{__name__=~\".+\"}[" + seconds + "s1ms]";
    List<String> lines = new ArrayList<>();
    try {
      QueryResult result =
          engine.instant(source, expr, startMillis + seconds * 1000, QueryOptions.defaults());
      lines.add(
          "Dump of all data (input_series and rules) at "
              + DurationMethods.print(seconds * 1_000_000_000)
              + ":");
      if (result.value() instanceof MatrixValue matrix) {
        matrix.series().forEach(series -> print(series, lines));
      }
    } catch (QueryException e) {
      lines.add("Failed querying, expr: " + expr + ", err: " + e.getMessage());
    }
    return lines;
  }

  private static void print(MatrixSeries series, List<String> lines) {
    lines.add(series.labels() + " =>");
    Histogram[] histograms = series.histograms();
    for (int i = 0; i < series.timestampsMillis().length; i++) {
      Histogram histogram = histograms == null ? null : histograms[i];
      String value =
          histogram == null
              ? RealText.format(series.values()[i], 'f', RealText.SHORTEST)
              : histogram.toString();
      lines.add(value + " @[" + series.timestampsMillis()[i] + "]");
    }
  }
}
