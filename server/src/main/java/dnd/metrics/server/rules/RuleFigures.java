package dnd.metrics.server.rules;

import java.util.List;

/**
 * How the rules that are loaded do.
 *
 * @param groups that are evaluated
 * @param rules that are active
 * @param failing rules whose last evaluation failed
 * @param pending alerts that do not fire yet
 * @param firing alerts that fire
 * @param intervals since the service began, as are the others below: evaluations of groups at their
 *     interval
 * @param atOnce evaluations of groups at once
 * @param missed slots that were missed
 * @param failed evaluations of groups that ended in a fault of ours
 * @param lostSteps of alerts, which a fault of ours kept from being made lasting and announced
 */
public record RuleFigures(
    long groups,
    long rules,
    long failing,
    long pending,
    long firing,
    long intervals,
    long atOnce,
    long missed,
    long failed,
    long lostSteps) {

  static RuleFigures of(List<LoadedGroup> loaded, RuleCounters counters, long lostSteps) {
    long rules = 0;
    long failing = 0;
    long pending = 0;
    long firing = 0;
    for (LoadedGroup group : loaded) {
      for (RuleState state : group.state.rules()) {
        rules++;
        failing += state.lastError() == null ? 0 : 1;
        for (AlertInstance alert : state.alerts().values()) {
          pending += alert.state() == AlertState.PENDING ? 1 : 0;
          firing += alert.state() == AlertState.FIRING ? 1 : 0;
        }
      }
    }
    return new RuleFigures(
        loaded.size(),
        rules,
        failing,
        pending,
        firing,
        counters.intervals.sum(),
        counters.atOnce.sum(),
        counters.missed.sum(),
        counters.failed.sum(),
        lostSteps);
  }
}
