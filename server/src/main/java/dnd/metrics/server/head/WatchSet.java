package dnd.metrics.server.head;

import dnd.metrics.server.model.Labels;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * All watches of a head at one time, by the metric names that they name, so that a series looks
 * through few of them. A series looks once a version and keeps what it found. Immutable, but for
 * what it remembers; safe for use by several threads.
 */
final class WatchSet {
  static final WatchSet EMPTY = new WatchSet(0, List.of());

  private final int version;
  private final List<SeriesWatch> all;
  private final Map<String, List<SeriesWatch>> byMetricName = new HashMap<>();

  /** Those that may find a series of any name. */
  private final List<SeriesWatch> ofAnyName = new ArrayList<>();

  /** The groups that were found, each once. */
  private final Map<List<SeriesWatch>, WatchGroup> groups = new ConcurrentHashMap<>();

  private WatchSet(int version, List<SeriesWatch> all) {
    this.version = version;
    this.all = List.copyOf(all);
    for (SeriesWatch watch : all) {
      Set<String> names = new HashSet<>();
      if (watch.addMetricNames(names)) {
        names.forEach(n -> byMetricName.computeIfAbsent(n, k -> new ArrayList<>()).add(watch));
      } else {
        ofAnyName.add(watch);
      }
    }
  }

  WatchSet with(SeriesWatch watch) {
    return replaced(List.of(), List.of(watch));
  }

  WatchSet without(SeriesWatch watch) {
    return all.contains(watch) ? replaced(List.of(watch), List.of()) : this;
  }

  WatchSet replaced(List<SeriesWatch> ended, List<SeriesWatch> begun) {
    Set<SeriesWatch> gone = new HashSet<>(ended);
    List<SeriesWatch> watches = new ArrayList<>(all.size() + begun.size());
    for (SeriesWatch watch : all) {
      if (!gone.contains(watch)) {
        watches.add(watch);
      }
    }
    watches.addAll(begun);
    return new WatchSet(version + 1, watches);
  }

  List<SeriesWatch> all() {
    return all;
  }

  boolean isEmpty() {
    return all.isEmpty();
  }

  int version() {
    return version;
  }

  WatchGroup find(Labels labels) {
    List<SeriesWatch> named = byMetricName.getOrDefault(labels.get(Labels.METRIC_NAME), List.of());
    if (named.isEmpty() && ofAnyName.isEmpty()) {
      return WatchGroup.NOBODY;
    }
    List<SeriesWatch> found = new ArrayList<>();
    named.stream().filter(w -> w.matches(labels)).forEach(found::add);
    ofAnyName.stream().filter(w -> w.matches(labels)).forEach(found::add);
    return found.isEmpty()
        ? WatchGroup.NOBODY
        : groups.computeIfAbsent(found, each -> new WatchGroup(each));
  }
}
