package dnd.metrics.server.demo;

import dnd.metrics.events.Metric;
import dnd.metrics.events.MetricType;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * A counter of things that happen. It is sent as the sum since the start, or, where {@code delta},
 * as what was added.
 */
final class SimulatedCounter implements SimulatedMetric {
  private final String name;
  private final String help;
  private final Map<String, String> labels;
  private final Rate rate;
  private final long createdMillis;
  private final boolean delta;
  private double total;

  SimulatedCounter(
      String name,
      String help,
      Map<String, String> labels,
      Rate rate,
      long createdMillis,
      boolean delta) {
    this.name = name;
    this.help = help;
    this.labels = labels;
    this.rate = rate;
    this.createdMillis = createdMillis;
    this.delta = delta;
  }

  @Override
  public void advance(long fromMillis, long toMillis, RandomGenerator random, List<Metric> into) {
    long added = rate.events(fromMillis, toMillis, random);
    total += added;
    into.add(
        new Metric(
            name,
            MetricType.COUNTER,
            delta ? added : total,
            null,
            labels,
            null,
            delta ? null : createdMillis,
            delta,
            help,
            null));
  }
}
