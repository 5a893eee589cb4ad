package dnd.metrics.server.demo;

import dnd.metrics.events.Metric;
import dnd.metrics.events.MetricType;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** A histogram that is sent as one number for each observation: the service counts them. */
final class SimulatedObservations implements SimulatedMetric {
  private final String name;
  private final String help;
  private final String unit;
  private final Map<String, String> labels;
  private final Rate rate;
  private final Amount amount;

  SimulatedObservations(
      String name, String help, String unit, Map<String, String> labels, Rate rate, Amount amount) {
    this.name = name;
    this.help = help;
    this.unit = unit;
    this.labels = labels;
    this.rate = rate;
    this.amount = amount;
  }

  @Override
  public void advance(long fromMillis, long toMillis, RandomGenerator random, List<Metric> into) {
    long observations = rate.events(fromMillis, toMillis, random);
    for (long i = 0; i < observations; i++) {
      into.add(
          new Metric(
              name,
              MetricType.HISTOGRAM,
              amount.next(toMillis, random),
              null,
              labels,
              null,
              null,
              false,
              help,
              unit));
    }
  }
}
