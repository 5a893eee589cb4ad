package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.Labels;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a query evaluates to. Times are Unix milliseconds. Not to be changed once returned. */
public sealed interface QueryValue {
  /** A number at a time. */
  record ScalarValue(long timestampMillis, double value) implements QueryValue {}

  /** A text at a time. */
  record StringValue(long timestampMillis, String value) implements QueryValue {}

  /**
   * The samples of one time, one a series, in the order that evaluation gave them (sorted only by
   * functions that sort).
   */
  record VectorValue(List<VectorSample> samples) implements QueryValue {
    public VectorValue {
      samples = List.copyOf(samples);
    }
  }

  /** Series with samples over time, sorted by labels. */
  record MatrixValue(List<MatrixSeries> series) implements QueryValue {
    public MatrixValue {
      series = List.copyOf(series);
    }
  }

  /** A sample of a vector: a native histogram where {@code histogram} is there, else a float. */
  record VectorSample(
      Labels labels, long timestampMillis, double value, @Nullable Histogram histogram) {}

  /**
   * A series of a matrix: parallel arrays in order of time. Sample i is a native histogram where
   * {@code histograms} is there and holds one at i, else the float {@code values[i]}. The arrays
   * are the record's own: they are handed over, not copied, since answers are large.
   */
  @SuppressWarnings("ArrayRecordComponent") // parallel arrays are what makes large answers cheap
  record MatrixSeries(
      Labels labels,
      long[] timestampsMillis,
      double[] values,
      @Nullable Histogram @Nullable [] histograms)
      implements Comparable<MatrixSeries> {
    public MatrixSeries {
      if (timestampsMillis.length != values.length
          || (histograms != null && histograms.length != values.length)) {
        throw new IllegalArgumentException("parallel arrays of different lengths");
      }
    }

    public int size() {
      return values.length;
    }

    /** The histogram of sample i, or null where it is a float. */
    public @Nullable Histogram histogram(int i) {
      return histograms == null ? null : histograms[i];
    }

    @Override
    public int compareTo(MatrixSeries other) {
      return labels.compareTo(other.labels);
    }
  }
}
