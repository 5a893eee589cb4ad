package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.Labels;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a query evaluates to. Times are Unix milliseconds. Not to be changed once returned. */
public sealed interface QueryValue {
  /** About how many bytes it takes. */
  long heapBytes();

  /** A number at a time. */
  record ScalarValue(long timestampMillis, double value) implements QueryValue {
    @Override
    public long heapBytes() {
      return 32;
    }
  }

  /** A text at a time. */
  record StringValue(long timestampMillis, String value) implements QueryValue {
    @Override
    public long heapBytes() {
      return 80L + value.length();
    }
  }

  /**
   * The samples of one time, one a series, in the order that evaluation gave them (sorted only by
   * functions that sort).
   */
  record VectorValue(List<VectorSample> samples) implements QueryValue {
    public VectorValue {
      samples = List.copyOf(samples);
    }

    @Override
    public long heapBytes() {
      return samples.stream().mapToLong(VectorSample::heapBytes).sum();
    }
  }

  /** Series with samples over time, sorted by labels. */
  record MatrixValue(List<MatrixSeries> series) implements QueryValue {
    public MatrixValue {
      series = List.copyOf(series);
    }

    @Override
    public long heapBytes() {
      return series.stream().mapToLong(MatrixSeries::heapBytes).sum();
    }
  }

  /** A sample of a vector: a native histogram where {@code histogram} is there, else a float. */
  record VectorSample(
      Labels labels, long timestampMillis, double value, @Nullable Histogram histogram) {
    /** What it takes beside its labels and histogram. */
    static final long BYTES = 56;

    public long heapBytes() {
      return BYTES + labels.heapBytes() + (histogram == null ? 0 : histogram.heapBytes());
    }
  }

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
    /** What it takes beside its samples and labels. */
    static final long BYTES = 96;

    public MatrixSeries {
      if (timestampsMillis.length != values.length
          || (histograms != null && histograms.length != values.length)) {
        throw new IllegalArgumentException("parallel arrays of different lengths");
      }
    }

    public long heapBytes() {
      long bytes = BYTES + labels.heapBytes() + 16L * values.length;
      if (histograms != null) {
        for (Histogram histogram : histograms) {
          bytes += 4 + (histogram == null ? 0 : histogram.heapBytes());
        }
      }
      return bytes;
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
