package dnd.metrics.client;

import java.util.List;

/**
 * A native histogram in a result.
 *
 * @param buckets those that are not empty, in ascending order
 */
public record HistogramSample(double count, double sum, List<Bucket> buckets) {

  /**
   * A bucket.
   *
   * @param bounds which bounds belong to it, as Prometheus numbers it: 0 the upper one, 1 the lower
   *     one, 2 none, 3 both
   */
  public record Bucket(int bounds, double lower, double upper, double count) {}

  public HistogramSample {
    buckets = List.copyOf(buckets);
  }

  @Override
  public String toString() {
    return "{count: " + QueryResult.number(count) + ", sum: " + QueryResult.number(sum) + "}";
  }
}
