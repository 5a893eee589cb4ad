package dnd.metrics.server.rules;

import java.util.BitSet;

/**
 * When the next alert of a group changes without a new sample: a {@code for} is over, or a {@code
 * keep_firing_for}.
 *
 * @param nextMillis the earliest of the times
 * @param rules whose alerts they are
 */
record AlertDeadlines(long nextMillis, BitSet rules) {
  static AlertDeadlines of(PreparedGroup group, GroupState state) {
    long next = Long.MAX_VALUE;
    BitSet rules = new BitSet();
    for (int i = 0; i < group.rules().size(); i++) {
      if (group.rules().get(i) instanceof PreparedRule.Alerting alerting) {
        RuleState rule = state.rules().get(i);
        long due = earliest(alerting.definition(), rule);
        if (due <= rule.evaluatedAtMillis()) {
          continue; // the evaluation that was to change it failed: the interval tries again
        }
        if (due < next) {
          next = due;
          rules.clear();
        }
        if (due == next && due != Long.MAX_VALUE) {
          rules.set(i);
        }
      }
    }
    return new AlertDeadlines(next, rules);
  }

  private static long earliest(AlertDefinition rule, RuleState state) {
    long earliest = Long.MAX_VALUE;
    for (AlertInstance alert : state.alerts().values()) {
      if (alert.state() == AlertState.PENDING) {
        earliest = Math.min(earliest, alert.activeAtMillis() + rule.holdMillis());
      } else if (alert.keepFiringSinceMillis() != AlertInstance.NEVER) {
        earliest = Math.min(earliest, alert.keepFiringSinceMillis() + rule.keepFiringMillis());
      }
    }
    return earliest;
  }

  boolean isEmpty() {
    return rules.isEmpty();
  }
}
