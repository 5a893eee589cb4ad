package dnd.metrics.bench;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The answer to a query in a form that can be compared: for each series, told apart by the labels
 * that the load's queries keep, the values by time in Unix milliseconds.
 */
record Answer(Map<String, TreeMap<Long, Double>> series) {
  private static final List<String> KEY_LABELS = List.of("__name__", "hostname", "region", "team");

  static Answer empty() {
    return new Answer(new HashMap<>());
  }

  void put(String key, long millis, double value) {
    series.computeIfAbsent(key, k -> new TreeMap<>()).put(millis, value);
  }

  static String key(
      @Nullable String name,
      @Nullable String hostname,
      @Nullable String region,
      @Nullable String team) {
    return name + "|" + hostname + "|" + region + "|" + team;
  }

  /** Adds the series of a {@code result} array in the shape of the Prometheus API. */
  void addResult(JsonNode result) {
    for (JsonNode one : result) {
      List<@Nullable String> labels = new ArrayList<>();
      for (String name : KEY_LABELS) {
        JsonNode label = one.get("metric").get(name);
        labels.add(label == null ? null : label.stringValue());
      }
      String key = key(labels.get(0), labels.get(1), labels.get(2), labels.get(3));
      if (one.has("value")) {
        addPoint(key, one.get("value"));
      } else {
        one.get("values").forEach(p -> addPoint(key, p));
      }
    }
  }

  private void addPoint(String key, JsonNode point) {
    put(
        key,
        Math.round(point.get(0).doubleValue() * 1000),
        Double.parseDouble(point.get(1).stringValue()));
  }

  int points() {
    return series.values().stream().mapToInt(Map::size).sum();
  }

  /** Says where {@code actual} differs from this, or null where it does not. */
  @Nullable String difference(Answer actual) {
    if (!series.keySet().equals(actual.series.keySet())) {
      return series.size() + " series expected, " + actual.series.size() + " found";
    }
    for (Map.Entry<String, TreeMap<Long, Double>> e : series.entrySet()) {
      TreeMap<Long, Double> found = actual.series.getOrDefault(e.getKey(), new TreeMap<>());
      if (!e.getValue().keySet().equals(found.keySet())) {
        return "series %s: points at %s expected, at %s found"
            .formatted(e.getKey(), e.getValue().keySet(), found.keySet());
      }
      for (Map.Entry<Long, Double> point : e.getValue().entrySet()) {
        double value = found.getOrDefault(point.getKey(), Double.NaN);
        if (!close(point.getValue(), value)) {
          return "series %s at %d: %s expected, %s found"
              .formatted(e.getKey(), point.getKey(), point.getValue(), value);
        }
      }
    }
    return null;
  }

  static boolean close(double a, double b) {
    return Math.abs(a - b) <= 1e-9 * Math.max(1, Math.max(Math.abs(a), Math.abs(b)));
  }

  /**
   * The values at each time, largest first, whatever series they belong to: all that is certain of
   * a top list with ties.
   */
  Map<Long, List<Double>> valuesByTime() {
    Map<Long, List<Double>> byTime = new TreeMap<>();
    series
        .values()
        .forEach(points ->
            points.forEach((t, v) -> byTime.computeIfAbsent(t, x -> new ArrayList<>()).add(v)));
    byTime.values().forEach(list -> list.sort((a, b) -> Double.compare(b, a)));
    return byTime;
  }
}
