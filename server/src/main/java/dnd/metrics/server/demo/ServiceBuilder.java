package dnd.metrics.server.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Puts a {@link SimulatedService} together. Every service has {@code requests_total} by operation
 * and status and {@code request_duration_seconds} by operation.
 */
final class ServiceBuilder {
  private static final double[] LATENCY_BOUNDS = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5};

  private final String name;
  private final long seed;
  private final long startMillis;
  private final List<SimulatedMetric> metrics = new ArrayList<>();

  ServiceBuilder(String name, long seed, long startMillis) {
    this.name = name;
    this.seed = seed;
    this.startMillis = startMillis;
  }

  /** An operation that services of the platform ask for. An incident hits combat only. */
  ServiceBuilder operation(String operation, double perSecond, double medianSeconds) {
    boolean hit = name.equals("combat");
    requests(operation, "ok", Rate.of(perSecond * 0.995));
    requests(operation, "error", new Rate(perSecond * 0.005, hit ? 40 : 1));
    metrics.add(
        new SimulatedBuckets(
            "request_duration_seconds",
            "How long requests took.",
            Map.of("operation", operation),
            Rate.of(perSecond),
            new Amount(medianSeconds, 0.5, hit ? 8 : 1),
            LATENCY_BOUNDS,
            startMillis));
    return this;
  }

  private void requests(String operation, String status, Rate rate) {
    metrics.add(
        new SimulatedCounter(
            "requests_total",
            "Requests, by operation and outcome.",
            Map.of("operation", operation, "status", status),
            rate,
            startMillis,
            false));
  }

  /** One counter for each value of a label; the first values are the most frequent ones. */
  ServiceBuilder counter(
      String metric, String help, double perSecond, String label, String... values) {
    for (int i = 0; i < values.length; i++) {
      metrics.add(
          new SimulatedCounter(
              metric,
              help,
              Map.of(label, values[i]),
              Rate.of(share(perSecond, i, values.length)),
              startMillis,
              false));
    }
    return this;
  }

  /** A counter that is sent as increments. */
  ServiceBuilder increments(String metric, String help, double perSecond) {
    metrics.add(
        new SimulatedCounter(metric, help, Map.of(), Rate.of(perSecond), startMillis, true));
    return this;
  }

  ServiceBuilder gauge(String metric, String help, double level, String label, String... values) {
    for (int i = 0; i < values.length; i++) {
      metrics.add(
          new SimulatedGauge(
              metric, help, Map.of(label, values[i]), share(level, i, values.length)));
    }
    return this;
  }

  /** A histogram of single observations for each value of a label. */
  ServiceBuilder observations(
      String metric,
      String help,
      String unit,
      double perSecond,
      Amount amount,
      String label,
      String... values) {
    for (int i = 0; i < values.length; i++) {
      metrics.add(
          new SimulatedObservations(
              metric,
              help,
              unit,
              Map.of(label, values[i]),
              Rate.of(share(perSecond, i, values.length)),
              amount));
    }
    return this;
  }

  SimulatedService build() {
    return new SimulatedService(name, metrics, seed, startMillis);
  }

  /** What falls to the value at {@code index} of {@code count}: half as much at the end. */
  private static double share(double whole, int index, int count) {
    double weight = 1 - 0.5 * index / Math.max(1, count - 1);
    return whole * weight / (count == 1 ? 1 : 0.75 * count);
  }
}
