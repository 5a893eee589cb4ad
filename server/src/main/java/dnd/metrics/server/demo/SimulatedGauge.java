package dnd.metrics.server.demo;

import dnd.metrics.events.Metric;
import dnd.metrics.events.MetricType;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * A gauge that follows the day: {@code level} times {@link Activity#level}, with a slow random walk
 * of about a tenth around it. Whole numbers.
 */
final class SimulatedGauge implements SimulatedMetric {
  private final String name;
  private final String help;
  private final Map<String, String> labels;
  private final double level;
  private double drift;

  SimulatedGauge(String name, String help, Map<String, String> labels, double level) {
    this.name = name;
    this.help = help;
    this.labels = labels;
    this.level = level;
  }

  @Override
  public void advance(long fromMillis, long toMillis, RandomGenerator random, List<Metric> into) {
    drift = 0.95 * drift + 0.03 * random.nextGaussian();
    double value = Math.max(0, Math.rint(level * Activity.level(toMillis) * (1 + drift)));
    into.add(
        new Metric(name, MetricType.GAUGE, value, null, labels, null, null, false, help, null));
  }
}
