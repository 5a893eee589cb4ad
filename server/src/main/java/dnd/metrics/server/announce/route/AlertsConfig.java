package dnd.metrics.server.announce.route;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is announced of alerts, to whom, and when. Immutable.
 *
 * @param resolveTimeoutMillis after which an alert that a service reported without an end is over,
 *     where it is not reported again
 * @param receivers the names that routes may have; empty: any
 * @param route the root of the routing tree
 * @param timeIntervals by name
 */
public record AlertsConfig(
    long resolveTimeoutMillis,
    List<String> receivers,
    Route route,
    List<InhibitRule> inhibitRules,
    Map<String, List<TimeInterval>> timeIntervals) {

  /** Announces every alert at once, ungrouped. */
  public static final AlertsConfig DEFAULT =
      new AlertsConfig(300_000, List.of(), Route.AT_ONCE, List.of(), Map.of());

  public AlertsConfig {
    receivers = List.copyOf(receivers);
    inhibitRules = List.copyOf(inhibitRules);
    timeIntervals = Collections.unmodifiableMap(new LinkedHashMap<>(timeIntervals));
  }
}
