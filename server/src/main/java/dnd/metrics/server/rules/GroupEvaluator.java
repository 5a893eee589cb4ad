package dnd.metrics.server.rules;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.promql.exec.QueryException;
import dnd.metrics.server.promql.exec.QueryValue.VectorSample;
import dnd.metrics.server.rules.EvaluationRequest.Writing;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates a group once: its rules one after another, each seeing what those before it wrote, all
 * at one time, with the meaning of Prometheus's {@code rules/group.go}. It knows no clock, hub or
 * database: time, queries and the place for samples are handed in, the state comes back. So whoever
 * tests rules runs the very code that runs in the service:
 *
 * <pre>{@code
 * PreparedGroup group = PreparedGroup.of("rules.yml", ruleGroup, RuleDefaults.PROMETHEUS);
 * GroupState state = GroupState.initial(group);
 * for (long at = 0; at <= end; at += group.intervalMillis()) {
 *   state = evaluator.evaluate(group, state, EvaluationRequest.all(at), query, output).state();
 * }
 * }</pre>
 *
 * Safe for use by several threads.
 */
public final class GroupEvaluator {
  private final LongSupplier nanoTime;

  /**
   * @param nanoTime to measure how long rules take; it has no effect on results
   */
  public GroupEvaluator(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * Evaluates once.
   *
   * @param query is asked at the request's time less the group's query offset, by templates at the
   *     request's time
   */
  public GroupResult evaluate(
      PreparedGroup group,
      GroupState before,
      EvaluationRequest request,
      RuleQuery query,
      RuleOutput output) {
    List<RuleState> states = new ArrayList<>(before.rules());
    List<RuleOutcome> outcomes = new ArrayList<>();
    for (int i = 0; i < group.rules().size(); i++) {
      if (request.includes(i)) {
        Evaluation evaluation = new Evaluation(group, i, before.rules().get(i), request, output);
        evaluation.run(query);
        states.set(i, evaluation.after());
        outcomes.add(evaluation.outcome());
      }
    }
    List<Labels> left = List.of();
    if (!before.ended().isEmpty()) {
      long atMillis = request.atMillis() - group.queryOffsetMillis();
      left = List.copyOf(output.write(-1, List.of(), before.ended(), atMillis).keySet());
    }
    return new GroupResult(request.atMillis(), new GroupState(states, left), outcomes);
  }

  /** One rule, once. */
  private final class Evaluation {
    private final PreparedGroup group;
    private final int index;
    private final RuleState before;
    private final EvaluationRequest request;
    private final RuleOutput output;
    private final long startedNanos = nanoTime.getAsLong();

    private Map<Labels, VectorSample> written;
    private Map<Labels, AlertInstance> alerts;
    private List<AlertChange> changes = List.of();
    private @Nullable String error;
    private int samples;
    private int ended;

    Evaluation(
        PreparedGroup group,
        int index,
        RuleState before,
        EvaluationRequest request,
        RuleOutput output) {
      this.group = group;
      this.index = index;
      this.before = before;
      this.request = request;
      this.output = output;
      this.written = before.written();
      this.alerts = before.alerts();
    }

    RuleState after() {
      long tookNanos = nanoTime.getAsLong() - startedNanos;
      return new RuleState(written, alerts, error, request.atMillis(), tookNanos);
    }

    RuleOutcome outcome() {
      return new RuleOutcome(index, changes, samples, ended, error);
    }

    void run(RuleQuery query) {
      PreparedRule rule = group.rules().get(index);
      try {
        List<VectorSample> result = query.at(rule, atMillis());
        switch (rule) {
          case PreparedRule.Alerting alerting -> alert(alerting, result, query);
          case PreparedRule.Recording recording -> record(recording, result);
        }
      } catch (QueryException e) {
        error = e.getMessage();
      }
    }

    private long atMillis() {
      return request.atMillis() - group.queryOffsetMillis();
    }

    private void alert(PreparedRule.Alerting rule, List<VectorSample> result, RuleQuery query) {
      AlertAdvance advance =
          new AlertTracker(rule.definition())
              .advance(
                  before.alerts(),
                  result,
                  request.atMillis(),
                  group.queryOffsetMillis(),
                  group.group().limit(),
                  query,
                  request.cause());
      alerts = advance.alerts();
      changes = advance.changes();
      if (advance.error() == null) {
        write(advance.samples());
      } else {
        error = advance.error();
      }
    }

    private void record(PreparedRule.Recording rule, List<VectorSample> result) {
      List<VectorSample> samplesOfRule = new ArrayList<>(result.size());
      Set<Labels> seen = new HashSet<>();
      for (VectorSample sample : result) {
        Labels.Builder labels = sample.labels().toBuilder();
        labels.set(Labels.METRIC_NAME, rule.name());
        rule.labelTexts().forEach(labels::set); // an empty one removes the label
        Labels named = labels.build();
        if (!seen.add(named)) {
          error = "vector contains metrics with the same labelset after applying rule labels";
          return;
        }
        samplesOfRule.add(new VectorSample(named, atMillis(), sample.value(), sample.histogram()));
      }
      int limit = group.group().limit();
      if (limit > 0 && samplesOfRule.size() > limit) {
        error = "exceeded limit of " + limit + " with " + samplesOfRule.size() + " series";
        return;
      }
      write(samplesOfRule);
    }

    private void write(List<VectorSample> all) {
      Map<Labels, VectorSample> now = new LinkedHashMap<>();
      List<VectorSample> news = new ArrayList<>();
      for (VectorSample sample : all) {
        VectorSample last = before.written().get(sample.labels());
        if (request.writing() == Writing.ALL || last == null || !sameValue(last, sample)) {
          news.add(sample);
          now.put(sample.labels(), sample);
        } else {
          now.put(sample.labels(), last);
        }
      }
      Set<Labels> gone = new LinkedHashSet<>();
      for (Labels labels : before.written().keySet()) {
        if (!now.containsKey(labels)) {
          gone.add(labels);
        }
      }
      samples = news.size();
      ended = gone.size();
      if (!news.isEmpty() || !gone.isEmpty()) {
        output
            .write(index, news, List.copyOf(gone), atMillis())
            .forEach((labels, reason) -> {
              VectorSample last = gone.contains(labels) ? before.written().get(labels) : null;
              if (last == null) {
                now.remove(labels);
                samples--;
              } else {
                now.put(labels, last); // to be ended the next time
                ended--;
              }
              if (error == null) {
                error = reason;
              }
            });
      }
      written = now;
    }

    private static boolean sameValue(VectorSample a, VectorSample b) {
      if (a.histogram() != null || b.histogram() != null) {
        return a.histogram() != null && a.histogram().equals(b.histogram());
      }
      return Double.doubleToRawLongBits(a.value()) == Double.doubleToRawLongBits(b.value());
    }
  }
}
