package dnd.metrics.bench;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.SeriesSource;
import dnd.metrics.server.promql.exec.QueryEngine;
import dnd.metrics.server.promql.exec.QueryOptions;
import dnd.metrics.server.promql.exec.QueryValue;
import java.util.HashMap;
import java.util.Map;

/**
 * Holds a range query's answer against a second evaluation: the same query asked for single
 * instants, which has a plan, windows and reads of its own for each.
 */
final class RangeQueryCheck {
  private static final int INSTANTS = 7;

  private final QueryEngine engine;
  private final SeriesSource source;

  RangeQueryCheck(QueryEngine engine, SeriesSource source) {
    this.engine = engine;
    this.source = source;
  }

  /**
   * Checks at the first point, the last and some between.
   *
   * @return how many values were compared
   * @throws IllegalStateException where one differs
   */
  int check(RangeQuery query, QueryValue.MatrixValue answer) {
    int compared = 0;
    for (int i = 0; i < Math.min(INSTANTS, query.steps() + 1); i++) {
      long step = (long) query.steps() * i / Math.min(INSTANTS - 1, query.steps());
      long millis = query.startMillis() + step * RangeQueryData.INTERVAL_MILLIS;
      QueryValue value =
          engine.instant(source, query.expression(), millis, QueryOptions.defaults()).value();
      if (!(value instanceof QueryValue.VectorValue vector)) {
        throw new IllegalStateException(query.title() + ": not a vector");
      }
      Map<Labels, Double> expected = new HashMap<>();
      vector.samples().forEach(sample -> expected.put(sample.labels(), sample.value()));
      Map<Labels, Double> found = at(answer, millis);
      if (!expected.keySet().equals(found.keySet())) {
        throw new IllegalStateException(
            "%s at %d: %d series as an instant, %d in the range"
                .formatted(query.title(), millis, expected.size(), found.size()));
      }
      expected.forEach((labels, v) -> {
        double other = found.getOrDefault(labels, Double.NaN);
        if (!Answer.close(v, other) && !(Double.isNaN(v) && Double.isNaN(other))) {
          throw new IllegalStateException(
              "%s at %d, %s: %s as an instant, %s in the range"
                  .formatted(query.title(), millis, labels, v, other));
        }
      });
      compared += found.size();
    }
    return compared;
  }

  private static Map<Labels, Double> at(QueryValue.MatrixValue answer, long millis) {
    Map<Labels, Double> found = new HashMap<>();
    for (QueryValue.MatrixSeries series : answer.series()) {
      for (int i = 0; i < series.size(); i++) {
        if (series.timestampsMillis()[i] == millis) {
          found.put(series.labels(), series.values()[i]);
        }
      }
    }
    return found;
  }
}
