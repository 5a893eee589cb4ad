package dnd.metrics.client;

import dnd.metrics.events.ResultEvent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts the parts of an answer together: a series may be cut between two of them. For one thread.
 */
final class Parts {
  private final Map<Map<String, String>, List<Sample>> series = new LinkedHashMap<>();
  private int next = 1;

  /** Whether the answer is whole with this part. */
  boolean add(Answer answer) {
    ResultEvent event = answer.event();
    if (event.part() > 0 && event.part() != next++) {
      throw new MetricsException.InvalidAnswer("a part of the answer was lost", null);
    }
    for (ReadSeries read : answer.series()) {
      series.computeIfAbsent(read.labels(), labels -> new ArrayList<>()).addAll(read.present());
    }
    return event.last();
  }

  /** The whole answer, of which {@code last} was the last part. */
  QueryResult result(Answer last) {
    ResultEvent event = last.event();
    return new QueryResult(
        ResultReader.type(event.resultType()),
        series.entrySet().stream()
            .map(entry -> new ResultSeries(entry.getKey(), entry.getValue()))
            .toList(),
        last.text(),
        event.warnings(),
        event.infos(),
        event.correlationId());
  }
}
