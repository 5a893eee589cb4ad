package dnd.metrics.server.announce;

import dnd.metrics.server.announce.route.AlertsConfig;
import dnd.metrics.server.announce.route.Route;
import dnd.metrics.server.announce.route.TimeInterval;
import dnd.metrics.server.model.Labels;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Whether an alert may be announced at present. Not safe for use by several threads. */
final class Muting {
  final Silences silences = new Silences();
  final Inhibitor inhibitor;
  private final Map<String, List<TimeInterval>> timeIntervals;

  Muting(AlertsConfig config) {
    this.inhibitor = new Inhibitor(config.inhibitRules());
    this.timeIntervals = config.timeIntervals();
  }

  /** Whether the alert may not be announced by {@code route} now. */
  boolean mutes(Labels labels, Route route, long nowMillis) {
    return !mutedBy(route, nowMillis).isEmpty()
        || !inhibitor.inhibitedBy(labels).isEmpty()
        || !Silences.matching(silences.active(), labels).isEmpty();
  }

  /** The names of the time intervals that keep {@code route} from announcing anything now. */
  List<String> mutedBy(Route route, long nowMillis) {
    if (route.muteTimeIntervals().isEmpty() && route.activeTimeIntervals().isEmpty()) {
      return List.of();
    }
    List<String> muting = new ArrayList<>();
    for (String name : route.muteTimeIntervals()) {
      if (contains(name, nowMillis)) {
        muting.add(name);
      }
    }
    if (!route.activeTimeIntervals().isEmpty()
        && route.activeTimeIntervals().stream().noneMatch(name -> contains(name, nowMillis))) {
      muting.addAll(route.activeTimeIntervals());
    }
    return muting;
  }

  private boolean contains(String name, long nowMillis) {
    return timeIntervals.getOrDefault(name, List.of()).stream()
        .anyMatch(interval -> interval.contains(nowMillis));
  }
}
