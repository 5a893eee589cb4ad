package dnd.metrics.server.rules;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.promql.exec.QueryValue.VectorSample;
import dnd.metrics.server.rules.EvaluationRequest.Writing;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Evaluates a loaded group once and sees to everything that follows: samples to the head, steps of
 * alerts to their table and the announcer, {@code metrics.aggregated}, errors to the log. The
 * caller holds the group's lock.
 */
final class GroupRun {
  private static final Logger LOG = LoggerFactory.getLogger(GroupRun.class);

  private final GroupEvaluator evaluator = new GroupEvaluator(System::nanoTime);
  private final RuleQuery query;
  private final RuleSender sender;
  private final AlertLog alerts;
  private final AggregatedEvents aggregated;
  private final InstantSource clock;

  GroupRun(
      RuleQuery query,
      RuleSender sender,
      AlertLog alerts,
      AggregatedEvents aggregated,
      InstantSource clock) {
    this.query = query;
    this.sender = sender;
    this.alerts = alerts;
    this.aggregated = aggregated;
    this.clock = clock;
  }

  /**
   * Evaluates.
   *
   * @param rules the rules' places; null for all of them
   */
  GroupResult run(
      LoadedGroup loaded,
      @Nullable BitSet rules,
      long dueMillis,
      Writing writing,
      Triggers.Drained cause) {
    long startedNanos = System.nanoTime();
    long nowMillis = clock.millis();
    PreparedGroup group = loaded.group;
    long atMillis = EvaluationTime.of(dueMillis, loaded.lastMillis(rules), nowMillis);
    GroupState before = loaded.state;
    GroupResult result =
        evaluator.evaluate(
            group,
            before,
            new EvaluationRequest(
                atMillis, rules, writing, new EventCause(cause, loaded.triggers, sender)),
            query,
            (rule, samples, ended, at) -> write(group, cause, rule, samples, ended, at));
    List<AlertChange> changes = new ArrayList<>();
    for (RuleOutcome outcome : result.outcomes()) {
      changes.addAll(outcome.changes());
      report(group, outcome, before.rules().get(outcome.rule()));
    }
    if (changes.isEmpty()) {
      loaded.state = result.state();
    } else {
      goOn(loaded, result.state(), alerts.step(group, changes, sender.mark()));
    }
    loaded.evaluatedAtMillis = nowMillis;
    loaded.tookNanos = System.nanoTime() - startedNanos;
    return result;
  }

  /** Both or nothing: where memory is missing the next evaluation finds the same steps again. */
  private void goOn(LoadedGroup loaded, GroupState state, AlertLog.Step step) {
    GroupState before = loaded.state;
    loaded.state = state;
    boolean added = false;
    try {
      alerts.add(step);
      added = true;
    } finally {
      if (!added) {
        loaded.state = before;
      }
    }
  }

  private Map<Labels, String> write(
      PreparedGroup group,
      Triggers.Drained cause,
      int rule,
      List<VectorSample> samples,
      List<Labels> ended,
      long atMillis) {
    Runnable announcement =
        rule >= 0 && group.rules().get(rule) instanceof PreparedRule.Recording recording
            ? () -> aggregated.publish(group, recording, samples.size(), ended.size(), cause)
            : () -> {};
    return sender.write(samples, ended, atMillis, new RuleCommit(cause.event(), announcement));
  }

  /** An error is logged when it is new or another one, and when it is over. */
  private static void report(PreparedGroup group, RuleOutcome outcome, RuleState before) {
    String error = outcome.error();
    String last = before.lastError();
    String name = group.rules().get(outcome.rule()).name();
    if (error != null && !error.equals(last)) {
      LOG.warn("rule {} of group {} failed: {}", name, group.key(), error);
    } else if (error == null && last != null) {
      LOG.info("rule {} of group {} is well again", name, group.key());
    }
  }
}
