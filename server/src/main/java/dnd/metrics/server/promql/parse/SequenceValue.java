package dnd.metrics.server.promql.parse;

import dnd.metrics.server.model.Histogram;

/** One place in the values of a {@linkplain SeriesDescription described series}. */
public sealed interface SequenceValue {
  /** About as many floats take as much memory. */
  default long weight() {
    return 1;
  }

  /** {@code _}: no sample. */
  record Omitted() implements SequenceValue {}

  /** A float; {@code stale} is the stale marker. */
  record FloatValue(double value) implements SequenceValue {}

  /**
   * A native histogram.
   *
   * @param hintGiven whether the notation says what its counter reset hint is
   */
  record HistogramValue(Histogram histogram, boolean hintGiven) implements SequenceValue {
    private static final int BYTES_OF_A_FLOAT = 24;

    @Override
    public long weight() {
      long bytes = histogram.heapBytes() + 8L * histogram.customValues().length;
      return 1 + bytes / BYTES_OF_A_FLOAT;
    }
  }
}
