package dnd.metrics.server.terminal;

import java.util.List;
import java.util.Map;

/**
 * A query's answer, its parts put together.
 *
 * @param resultType scalar, string, vector or matrix
 * @param series the series of a vector or matrix; a scalar or string is one without labels
 * @param statistics what the query cost; empty where it was not asked for
 */
public record Answer(
    String resultType,
    List<AnswerSeries> series,
    List<String> warnings,
    List<String> infos,
    Map<String, Object> statistics) {
  public Answer {
    series = List.copyOf(series);
    warnings = List.copyOf(warnings);
    infos = List.copyOf(infos);
  }

  public boolean isRange() {
    return resultType.equals("matrix");
  }

  /** Whether it holds a single value without labels. */
  boolean isBare() {
    return resultType.equals("scalar") || resultType.equals("string");
  }
}
