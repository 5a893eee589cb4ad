package dnd.metrics.server.promql.parse;

import dnd.metrics.server.model.Buckets;
import dnd.metrics.server.model.Histogram;
import java.util.Arrays;
import java.util.TreeMap;

/**
 * Adds the step of a described series of histograms ({@code {{...}}+{{...}}x3}) to the one before.
 * Steps of a finer schema are brought to that of the histogram; all else must be alike.
 */
final class HistogramSteps {
  private HistogramSteps() {}

  /**
   * The next histogram.
   *
   * @param sign 1 to add {@code step}, -1 to subtract it
   * @throws IllegalArgumentException where the two do not fit together
   */
  static Histogram next(Histogram current, Histogram step, int sign) {
    if (current.schema() > step.schema() && !step.hasCustomBuckets()) {
      throw new IllegalArgumentException(
          "cannot merge from schema " + step.schema() + " to " + current.schema());
    }
    if (current.hasCustomBuckets() != step.hasCustomBuckets()
        || !Arrays.equals(current.customValues(), step.customValues())
        || current.zeroThreshold() != step.zeroThreshold()) {
      throw new IllegalArgumentException("bounds of buckets differ");
    }
    int shift = step.schema() - current.schema();
    return current.toBuilder()
        .count(current.count() + sign * step.count())
        .sum(current.sum() + sign * step.sum())
        .zeroCount(current.zeroCount() + sign * step.zeroCount())
        .positive(next(current.positive(), step.positive(), shift, sign))
        .negative(next(current.negative(), step.negative(), shift, sign))
        .build();
  }

  private static Buckets next(Buckets current, Buckets step, int shift, int sign) {
    TreeMap<Integer, Double> counts = new TreeMap<>();
    for (int i = 0; i < current.size(); i++) {
      counts.put(current.index(i), current.count(i));
    }
    for (int i = 0; i < step.size(); i++) {
      // Bucket i ends at base^i; each coarser schema joins two buckets.
      int index = shift == 0 ? step.index(i) : ((step.index(i) - 1) >> shift) + 1;
      counts.merge(index, sign * step.count(i), Double::sum);
    }
    return Buckets.of(
        counts.keySet().stream().mapToInt(Integer::intValue).toArray(),
        counts.values().stream().mapToDouble(Double::doubleValue).toArray());
  }
}
