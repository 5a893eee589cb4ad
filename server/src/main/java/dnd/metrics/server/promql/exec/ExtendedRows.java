package dnd.metrics.server.promql.exec;

import dnd.metrics.server.promql.exec.QueryValue.MatrixSeries;
import dnd.metrics.server.promql.parse.VectorSelector.RangeMode;

/**
 * What an {@code anchored} or {@code smoothed} range selector returns of a series when it is asked
 * for as it stands: the samples inside the range, and one at either end of it.
 */
final class ExtendedRows {
  private ExtendedRows() {}

  static MatrixSeries row(RangeSamples samples, Windows windows, RangeMode mode) {
    if (windows.histograms(0) > 0) {
      throw QueryException.execution(
          (mode == RangeMode.ANCHORED ? "anchored" : "smoothed")
              + " modifier is not supported with histograms");
    }
    long[] times = samples.floatTimes;
    double[] values = samples.floatValues;
    int from = windows.floatFrom[0];
    long start = windows.startMillis(0);
    long end = windows.endMillis(0);
    ExtendedWindow window = new ExtendedWindow(mode == RangeMode.SMOOTHED);
    if (windows.floats(0) == 0 || !window.find(times, from, windows.floatTo[0], start, end)) {
      return new MatrixSeries(samples.labels(), new long[0], new double[0], null);
    }
    double left = window.left(times, values, start, false);
    double right = window.right(times, values, from, end, false);
    int first = times[window.first] <= start ? window.first + 1 : window.first;
    int last = times[window.last] >= end ? window.last - 1 : window.last;
    int inside = Math.max(last - first + 1, 0);
    long[] rowTimes = new long[inside + 2];
    double[] rowValues = new double[inside + 2];
    System.arraycopy(times, first, rowTimes, 1, inside);
    System.arraycopy(values, first, rowValues, 1, inside);
    rowTimes[0] = start;
    rowValues[0] = left;
    rowTimes[inside + 1] = end;
    rowValues[inside + 1] = right;
    return new MatrixSeries(samples.labels(), rowTimes, rowValues, null);
  }
}
