package dnd.metrics.server.telemetry;

import dnd.metrics.events.Metric;
import dnd.metrics.events.MetricType;
import dnd.metrics.events.NativeHistogram;
import dnd.metrics.server.model.DurationHistogram;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/** The metrics of one report, being gathered. For one thread. */
public final class Metrics {
  private final List<Metric> metrics = new ArrayList<>();

  /**
   * @param unit a word of OpenMetrics such as {@code seconds}, or empty
   */
  public Metrics counter(
      String name, String help, String unit, Number value, Map<String, String> labels) {
    return add(name, MetricType.COUNTER, help, unit, value.doubleValue(), labels);
  }

  public Metrics counter(String name, String help, Number value) {
    return counter(name, help, "", value, Map.of());
  }

  /**
   * @param unit a word of OpenMetrics such as {@code seconds}, or empty
   */
  public Metrics gauge(
      String name, String help, String unit, Number value, Map<String, String> labels) {
    return add(name, MetricType.GAUGE, help, unit, value.doubleValue(), labels);
  }

  public Metrics gauge(String name, String help, Number value) {
    return gauge(name, help, "", value, Map.of());
  }

  /** Durations so far, as a native histogram of seconds. */
  public Metrics histogram(String name, String help, DurationHistogram durations) {
    SortedMap<Integer, Double> buckets = durations.buckets();
    double count = buckets.values().stream().mapToDouble(Double::doubleValue).sum();
    NativeHistogram whole =
        new NativeHistogram(
            DurationHistogram.SCHEMA,
            count,
            durations.sumSeconds(),
            0,
            0,
            buckets,
            Collections.emptySortedMap());
    metrics.add(
        new Metric(
            name, MetricType.HISTOGRAM, 0, whole, Map.of(), null, null, false, help, "seconds"));
    return this;
  }

  private Metrics add(
      String name,
      MetricType type,
      String help,
      String unit,
      double value,
      Map<String, String> labels) {
    metrics.add(
        new Metric(
            name,
            type,
            value,
            null,
            labels,
            null,
            null,
            false,
            help,
            unit.isEmpty() ? null : unit));
    return this;
  }

  public List<Metric> all() {
    return List.copyOf(metrics);
  }
}
