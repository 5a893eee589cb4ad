package dnd.metrics.server.demo;

import dnd.metrics.events.ClassicHistogram;
import dnd.metrics.events.Metric;
import dnd.metrics.events.MetricType;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/** A histogram that is counted in the service itself and sent whole, with classic buckets. */
final class SimulatedBuckets implements SimulatedMetric {
  private final String name;
  private final String help;
  private final Map<String, String> labels;
  private final Rate rate;
  private final Amount amount;
  private final double[] bounds;
  private final double[] counts;
  private final long createdMillis;
  private double sum;
  private double count;

  /**
   * @param bounds the buckets' upper bounds, ascending, without the last one, which is infinite
   */
  SimulatedBuckets(
      String name,
      String help,
      Map<String, String> labels,
      Rate rate,
      Amount amount,
      double[] bounds,
      long createdMillis) {
    this.name = name;
    this.help = help;
    this.labels = labels;
    this.rate = rate;
    this.amount = amount;
    this.bounds = bounds.clone();
    this.counts = new double[bounds.length];
    this.createdMillis = createdMillis;
  }

  @Override
  public void advance(long fromMillis, long toMillis, RandomGenerator random, List<Metric> into) {
    long observations = rate.events(fromMillis, toMillis, random);
    for (long i = 0; i < observations; i++) {
      observe(amount.next(toMillis, random));
    }
    SortedMap<Double, Double> buckets = new TreeMap<>();
    for (int i = 0; i < bounds.length; i++) {
      buckets.put(bounds[i], counts[i]);
    }
    buckets.put(Double.POSITIVE_INFINITY, count);
    into.add(
        new Metric(
            name,
            MetricType.HISTOGRAM,
            0,
            new ClassicHistogram(count, sum, buckets),
            labels,
            null,
            createdMillis,
            false,
            help,
            "seconds"));
  }

  private void observe(double value) {
    count++;
    sum += value;
    int found = Arrays.binarySearch(bounds, value);
    for (int i = found < 0 ? -found - 1 : found; i < bounds.length; i++) {
      counts[i]++; // Cumulative, as classic buckets are.
    }
  }
}
