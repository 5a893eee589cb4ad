package dnd.metrics.server.demo;

import dnd.metrics.events.CorrelationIds;
import dnd.metrics.events.Metric;
import dnd.metrics.events.PushEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A service of the platform: what it would push. The same seed and times give the same metrics. It
 * has state and belongs to one thread; it sends nothing itself.
 */
final class SimulatedService {
  private final String name;
  private final List<SimulatedMetric> metrics;
  private final SplittableRandom random;
  private long nowMillis;

  SimulatedService(String name, List<SimulatedMetric> metrics, long seed, long startMillis) {
    this.name = name;
    this.metrics = List.copyOf(metrics);
    this.random = new SplittableRandom(seed * 31 + name.hashCode());
    this.nowMillis = startMillis;
  }

  String name() {
    return name;
  }

  /** Lives until {@code toMillis} and returns what is to be pushed then, with that timestamp. */
  PushEvent advance(long toMillis) {
    if (toMillis <= nowMillis) {
      throw new IllegalArgumentException("time goes on: " + toMillis + " after " + nowMillis);
    }
    List<Metric> batch = new ArrayList<>();
    for (SimulatedMetric metric : metrics) {
      metric.advance(nowMillis, toMillis, random, batch);
    }
    nowMillis = toMillis;
    return new PushEvent(
        false,
        CorrelationIds.make(),
        name,
        name + "-1",
        toMillis,
        Map.of("platform", "demo"),
        batch,
        CorrelationIds.make());
  }
}
