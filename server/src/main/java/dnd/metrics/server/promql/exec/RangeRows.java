package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.promql.exec.QueryValue.MatrixSeries;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes the rows of an answer that is a range vector. */
final class RangeRows {
  private RangeRows() {}

  /** The samples of the first window, floats and histograms in order of time. */
  static MatrixSeries row(RangeSamples samples, Windows windows) {
    int f = windows.floatFrom[0];
    int h = windows.histogramFrom[0];
    int n = windows.floats(0) + windows.histograms(0);
    long[] times = new long[n];
    double[] values = new double[n];
    @Nullable Histogram[] histograms = windows.histograms(0) == 0 ? null : new Histogram[n];
    for (int i = 0; i < n; i++) {
      boolean takeFloat =
          h == windows.histogramTo[0]
              || (f < windows.floatTo[0] && samples.floatTimes[f] <= samples.histogramTimes[h]);
      if (takeFloat || histograms == null) {
        times[i] = samples.floatTimes[f];
        values[i] = samples.floatValues[f++];
      } else {
        times[i] = samples.histogramTimes[h];
        histograms[i] = samples.histogramValues[h++];
      }
    }
    Labels labels = samples.dropName ? MetricNames.drop(samples.labels()) : samples.labels();
    return new MatrixSeries(labels, times, values, histograms);
  }

  /** Refuses series that came to have the same labels. */
  static List<MatrixSeries> mergeSameLabels(List<MatrixSeries> rows) {
    Set<Labels> seen = new HashSet<>();
    for (MatrixSeries row : rows) {
      if (!seen.add(row.labels())) {
        throw QueryException.execution(MergeSameLabels.SAME_LABELS);
      }
    }
    return rows;
  }
}
