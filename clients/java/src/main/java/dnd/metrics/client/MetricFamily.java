package dnd.metrics.client;

import dnd.metrics.events.MetricType;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The series of one name, which are all of one type. Safe for use by several threads. */
final class MetricFamily {
  private final String name;
  private final MetricType type;
  private final ConcurrentHashMap<Map<String, String>, Series> series = new ConcurrentHashMap<>();
  private volatile @Nullable String help;
  private volatile @Nullable String unit;

  MetricFamily(String name, MetricType type) {
    this.name = name;
    this.type = type;
  }

  String name() {
    return name;
  }

  MetricType type() {
    return type;
  }

  ConcurrentHashMap<Map<String, String>, Series> series() {
    return series;
  }

  @Nullable String help() {
    return help;
  }

  @Nullable String unit() {
    return unit;
  }

  void describe(@Nullable String newHelp, @Nullable String newUnit) {
    help = newHelp;
    unit = newUnit;
  }
}
