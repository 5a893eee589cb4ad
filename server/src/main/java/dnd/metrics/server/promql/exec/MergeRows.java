package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.promql.exec.QueryValue.MatrixSeries;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes one row of several that came to have the same labels when names were dropped, which is an
 * error where two of them have a sample at one time.
 */
final class MergeRows {
  private MergeRows() {}

  /**
   * @param rows sorted by labels
   */
  static List<MatrixSeries> merge(List<MatrixSeries> rows) {
    int same = 1;
    while (same < rows.size() && !rows.get(same).labels().equals(rows.get(same - 1).labels())) {
      same++;
    }
    if (same >= rows.size()) {
      return rows;
    }
    List<MatrixSeries> merged = new ArrayList<>(rows.size());
    for (MatrixSeries row : rows) {
      int last = merged.size() - 1;
      if (last >= 0 && merged.get(last).labels().equals(row.labels())) {
        merged.set(last, merge(merged.get(last), row));
      } else {
        merged.add(row);
      }
    }
    return merged;
  }

  private static MatrixSeries merge(MatrixSeries a, MatrixSeries b) {
    int n = a.size() + b.size();
    long[] times = new long[n];
    double[] values = new double[n];
    boolean anyHistograms = a.histograms() != null || b.histograms() != null;
    @Nullable Histogram[] histograms = anyHistograms ? new Histogram[n] : null;
    int i = 0;
    int j = 0;
    for (int k = 0; k < n; k++) {
      boolean takeA =
          j == b.size() || (i < a.size() && a.timestampsMillis()[i] < b.timestampsMillis()[j]);
      MatrixSeries from = takeA ? a : b;
      int at = takeA ? i++ : j++;
      times[k] = from.timestampsMillis()[at];
      values[k] = from.values()[at];
      if (histograms != null) {
        histograms[k] = from.histogram(at);
      }
      if (k > 0 && times[k] == times[k - 1]) {
        throw QueryException.execution(MergeSameLabels.SAME_LABELS);
      }
    }
    return new MatrixSeries(a.labels(), times, values, histograms);
  }
}
