package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.HistogramSum;
import org.jspecify.annotations.Nullable;

/** The straight line between two native histograms, bucket by bucket. */
final class HistogramInterpolation {
  private HistogramInterpolation() {}

  /**
   * The histogram at {@code time}, between two samples of a series.
   *
   * @param isCounter whether a reset between the two counts as one, after which all were zero
   * @return null where the buckets of the two do not go together
   */
  static @Nullable Histogram at(
      long time,
      long firstTime,
      Histogram first,
      long secondTime,
      Histogram second,
      boolean isCounter,
      HistogramArithmetic arithmetic) {
    if (time == firstTime) {
      return first;
    }
    if (time == secondTime) {
      return second;
    }
    double fraction = (double) (time - firstTime) / (secondTime - firstTime);
    if (isCounter && second.isResetFrom(first)) {
      return second.multipliedBy(fraction);
    }
    HistogramSum difference = HistogramSum.plain(second);
    if (!arithmetic.subtractFrom(difference, first)) {
      return null;
    }
    difference.multiply(fraction);
    HistogramSum result = HistogramSum.plain(difference.result());
    return arithmetic.addTo(result, first) ? result.result() : null;
  }
}
