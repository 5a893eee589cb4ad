package dnd.metrics.client;

import java.util.List;
import java.util.Map;

/**
 * What a live query has become.
 *
 * @param result the whole answer as it is now
 * @param changed the series that are new or have new points, with those points alone; the whole
 *     answer in the first update
 * @param gone the labels of series that were in the answer before and are not any more
 */
public record LiveUpdate(
    QueryResult result, List<ResultSeries> changed, List<Map<String, String>> gone) {
  public LiveUpdate {
    changed = List.copyOf(changed);
    gone = List.copyOf(gone);
  }
}
