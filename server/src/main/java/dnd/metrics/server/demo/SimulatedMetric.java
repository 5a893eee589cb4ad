package dnd.metrics.server.demo;

import dnd.metrics.events.Metric;
import java.util.List;
import java.util.random.RandomGenerator;

/** One series of a simulated service. It has state and belongs to one thread. */
sealed interface SimulatedMetric
    permits SimulatedCounter, SimulatedGauge, SimulatedObservations, SimulatedBuckets {
  /**
   * Lives through the time from {@code fromMillis} to {@code toMillis} and adds what is to be sent
   * at its end.
   */
  void advance(long fromMillis, long toMillis, RandomGenerator random, List<Metric> into);
}
