package dnd.metrics.client;

import dnd.metrics.events.MetricType;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The series of a client, found by name and labels. A look-up that finds its series allocates
 * nothing and takes no lock; names and labels are checked when a series is made. Safe for use by
 * several threads.
 */
final class SeriesTable {
  private record Description(@Nullable String help, @Nullable String unit) {}

  private final ConcurrentHashMap<String, MetricFamily> families = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<String, Description> descriptions = new ConcurrentHashMap<>();
  private final AtomicLong made = new AtomicLong();
  private final Map<String, String> shared;
  private final ChangedSeries changes;
  private final LongSupplier wallMillis;

  SeriesTable(Map<String, String> shared, ChangedSeries changes, LongSupplier wallMillis) {
    this.shared = shared;
    this.changes = changes;
    this.wallMillis = wallMillis;
  }

  Counter counter(String name, Map<String, String> labels) {
    return find(name, labels) instanceof Counter known
        ? known
        : (Counter) make(name, MetricType.COUNTER, labels, wallMillis.getAsLong());
  }

  /** A counter of the client's own, which began when the client did. */
  Counter counterSince(String name, long createdMillis) {
    return (Counter) make(name, MetricType.COUNTER, Map.of(), createdMillis);
  }

  Gauge gauge(String name, Map<String, String> labels) {
    return find(name, labels) instanceof Gauge known
        ? known
        : (Gauge) make(name, MetricType.GAUGE, labels, wallMillis.getAsLong());
  }

  Histogram histogram(String name, Map<String, String> labels) {
    return find(name, labels) instanceof Histogram known
        ? known
        : (Histogram) make(name, MetricType.HISTOGRAM, labels, wallMillis.getAsLong());
  }

  void describe(String name, @Nullable String help, @Nullable String unit) {
    NameRules.checkMetricName(name);
    NameRules.checkDescription(name, help, unit);
    descriptions.put(name, new Description(help, unit));
    MetricFamily family = families.get(name);
    if (family != null) {
      family.describe(help, unit);
    }
  }

  private @Nullable Series find(String name, Map<String, String> labels) {
    MetricFamily family = families.get(name);
    return family == null ? null : family.series().get(labels);
  }

  private Series make(
      String name, MetricType type, Map<String, String> labels, long createdMillis) {
    NameRules.checkMetricName(name);
    Map<String, String> kept = NameRules.checkLabels(name, labels, shared);
    MetricFamily family = families.computeIfAbsent(name, absent -> new MetricFamily(name, type));
    if (family.type() != type) {
      throw new MetricsException.InvalidMetric(
          "kind_changed", name + " is a " + family.type().text() + ", not a " + type.text());
    }
    Description description = descriptions.get(name);
    if (description != null) {
      family.describe(description.help(), description.unit());
    }
    // The key is an immutable copy in the shape that callers mostly use, so that it is found fast.
    return family
        .series()
        .computeIfAbsent(
            Map.copyOf(kept),
            key -> {
              SeriesBirth birth = new SeriesBirth(made.incrementAndGet(), createdMillis, changes);
              return switch (type) {
                case COUNTER -> new Counter(family, key, birth);
                case GAUGE -> new Gauge(family, key, birth);
                case HISTOGRAM -> new Histogram(family, key, birth);
              };
            });
  }
}
