package dnd.metrics.server.query;

import dnd.metrics.server.promql.exec.Annotations;
import dnd.metrics.server.promql.exec.QueryResult;
import dnd.metrics.server.promql.exec.QueryValue;
import dnd.metrics.server.promql.exec.QueryValue.MatrixValue;
import dnd.metrics.server.promql.exec.QueryValue.VectorSample;
import dnd.metrics.server.promql.exec.QueryValue.VectorValue;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Cuts answers to the number of series that the asker takes, and warns where that cuts. */
final class ResultLimit {
  private static final String TRUNCATED = "results truncated due to limit";

  private ResultLimit() {}

  /** The first series in evaluation's own order; all of them where {@code limit} is 0. */
  static QueryResult cut(QueryResult result, int limit) {
    return limit == 0 ? result : cut(result, result.value(), limit);
  }

  /** The first series in the order of their labels, so that repeated answers hold the same ones. */
  static QueryResult cutSorted(QueryResult result, int limit) {
    if (limit == 0 || !(result.value() instanceof VectorValue vector)) {
      return cut(result, limit);
    }
    List<VectorSample> sorted = new ArrayList<>(vector.samples());
    sorted.sort(Comparator.comparing(VectorSample::labels));
    return cut(result, new VectorValue(sorted), limit);
  }

  private static QueryResult cut(QueryResult result, QueryValue value, int limit) {
    int size =
        switch (value) {
          case VectorValue v -> v.samples().size();
          case MatrixValue v -> v.series().size();
          case QueryValue.ScalarValue v -> 1;
          case QueryValue.StringValue v -> 1;
        };
    if (size <= limit) {
      return new QueryResult(value, result.annotations(), result.statistics());
    }
    QueryValue cut =
        switch (value) {
          case VectorValue v -> new VectorValue(v.samples().subList(0, limit));
          case MatrixValue v -> new MatrixValue(v.series().subList(0, limit));
          case QueryValue.ScalarValue v -> v;
          case QueryValue.StringValue v -> v;
        };
    List<String> warnings = new ArrayList<>(result.annotations().warnings());
    warnings.add(TRUNCATED);
    Annotations annotations =
        new Annotations(warnings, result.annotations().infos(), result.annotations().isCut());
    return new QueryResult(cut, annotations, result.statistics());
  }
}
