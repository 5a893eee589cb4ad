package dnd.metrics.server.ingest;

import dnd.metrics.server.model.Histogram;

/** A whole histogram as an event carries it. */
sealed interface HistogramValue {
  /**
   * One with buckets of the sender's choice, which becomes the series {@code _bucket}, {@code _sum}
   * and {@code _count}.
   *
   * @param upperBounds ascending, without +Inf
   * @param cumulativeCounts the observations up to each bound
   */
  @SuppressWarnings("ArrayRecordComponent") // passed on once, compared by nobody
  record Classic(double count, double sum, double[] upperBounds, double[] cumulativeCounts)
      implements HistogramValue {}

  /** A native one, which becomes a sample as it is. */
  record Native(Histogram histogram) implements HistogramValue {}
}
