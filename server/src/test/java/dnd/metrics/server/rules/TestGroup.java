package dnd.metrics.server.rules;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.promql.exec.EngineOptions;
import dnd.metrics.server.promql.exec.QueryEngine;
import dnd.metrics.server.promql.exec.QueryOptions;
import dnd.metrics.server.rules.file.RuleFileReader;
import dnd.metrics.server.rules.file.RuleGroup;
import java.util.ArrayList;
import java.util.List;

/** A group with a store, taken from time to time by hand. Times are seconds. */
final class TestGroup {
  final SampleStore store = new SampleStore();
  private final QueryEngine engine = new QueryEngine(EngineOptions.defaults());
  private final RuleQuery query = RuleQuery.of(engine, store.source, QueryOptions.defaults());
  private final GroupEvaluator evaluator = new GroupEvaluator(() -> 0);
  PreparedGroup group;
  GroupState state;

  TestGroup(String yaml) throws Exception {
    group = prepare(yaml);
    state = GroupState.initial(group);
  }

  static PreparedGroup prepare(String yaml) throws Exception {
    var reading = RuleFileReader.read(yaml);
    if (!reading.problems().isEmpty()) {
      throw new IllegalArgumentException(reading.problems().toString());
    }
    RuleGroup only = reading.file().groups().getFirst();
    return PreparedGroup.of("test.yml", only, RuleDefaults.PROMETHEUS);
  }

  TestGroup sample(String name, double atSeconds, double value, String... labels) {
    store.add(Labels.of(labels).with(Labels.METRIC_NAME, name), (long) (atSeconds * 1000), value);
    return this;
  }

  /** Evaluates all rules; what happened to alerts, as {@code Fired{labels}}. */
  List<String> at(double seconds) {
    return evaluate(EvaluationRequest.all((long) (seconds * 1000)));
  }

  List<String> evaluate(EvaluationRequest request) {
    GroupResult result = evaluator.evaluate(group, state, request, query, store);
    state = result.state();
    List<String> happened = new ArrayList<>();
    for (RuleOutcome outcome : result.outcomes()) {
      for (AlertChange change : outcome.changes()) {
        happened.add(change.getClass().getSimpleName() + change.alert().labels());
      }
      if (outcome.error() != null) {
        happened.add("error: " + outcome.error());
      }
    }
    return happened;
  }

  /** The only alert of the first rule. */
  AlertInstance alert() {
    return state.rules().getFirst().alerts().values().iterator().next();
  }
}
