package dnd.metrics.server.rules;

import dnd.metrics.server.model.Labels;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What is known of a group from one evaluation to the next. Immutable.
 *
 * @param rules in the group's order
 * @param ended series of rules that the group has no more; the next evaluation ends them
 */
public record GroupState(List<RuleState> rules, List<Labels> ended) {
  public GroupState {
    rules = List.copyOf(rules);
    ended = List.copyOf(ended);
  }

  /** Of a group that was never evaluated. */
  public static GroupState initial(PreparedGroup group) {
    return new GroupState(group.rules().stream().map(rule -> RuleState.NEW).toList(), List.of());
  }

  /**
   * The state for a group that takes the place of another: rules with the same name and labels go
   * on, the first with the first, the second with the second, as in Prometheus.
   */
  public Carried carriedOver(PreparedGroup from, PreparedGroup to) {
    Map<String, Deque<Integer>> places = new HashMap<>();
    for (int i = 0; i < from.rules().size(); i++) {
      places.computeIfAbsent(identity(from.rules().get(i)), k -> new ArrayDeque<>()).add(i);
    }
    List<RuleState> states = new ArrayList<>();
    for (PreparedRule rule : to.rules()) {
      Deque<Integer> places1 = places.get(identity(rule));
      Integer place = places1 == null ? null : places1.poll();
      states.add(place == null ? RuleState.NEW : rules.get(place));
    }
    List<RuleState> gone = new ArrayList<>();
    places.values().forEach(left -> left.forEach(place -> gone.add(rules.get(place))));
    List<Labels> endedSeries = new ArrayList<>(ended);
    gone.forEach(state -> endedSeries.addAll(state.written().keySet()));
    return new Carried(new GroupState(states, endedSeries), activeAlerts(gone));
  }

  /** A state, and the alerts that have no rule in it any more. */
  public record Carried(GroupState state, List<AlertInstance> orphans) {}

  private static List<AlertInstance> activeAlerts(Collection<RuleState> states) {
    return states.stream()
        .flatMap(state -> state.alerts().values().stream())
        .filter(AlertInstance::active)
        .toList();
  }

  /** The keys of {@link PreparedGroup} tell alerting rules apart by the same. */
  private static String identity(PreparedRule rule) {
    return rule.getClass().getSimpleName() + rule.name() + rule.labels();
  }

  GroupState with(int rule, RuleState state) {
    List<RuleState> changed = new ArrayList<>(rules);
    changed.set(rule, state);
    return new GroupState(changed, ended);
  }
}
