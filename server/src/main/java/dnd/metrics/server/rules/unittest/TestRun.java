package dnd.metrics.server.rules.unittest;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.promql.exec.EngineOptions;
import dnd.metrics.server.promql.exec.QueryEngine;
import dnd.metrics.server.promql.parse.DurationText;
import dnd.metrics.server.rules.AlertInstance;
import dnd.metrics.server.rules.AlertState;
import dnd.metrics.server.rules.EvaluationRequest;
import dnd.metrics.server.rules.GroupEvaluator;
import dnd.metrics.server.rules.GroupResult;
import dnd.metrics.server.rules.GroupState;
import dnd.metrics.server.rules.PreparedGroup;
import dnd.metrics.server.rules.PreparedRule;
import dnd.metrics.server.rules.RuleOutcome;
import dnd.metrics.server.rules.RuleQuery;
import dnd.metrics.server.rules.template.DurationMethods;
import dnd.metrics.server.rules.unittest.UnitTest.AlertTest;
import dnd.metrics.server.rules.unittest.UnitTest.ExprTest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One test at work: step by step samples are stored and all groups are evaluated; alerts are
 * compared at the last step before the time they are expected at, queries at the end.
 */
final class TestRun {
  private static final String ALERT_NAME = "alertname";

  private final String name;
  private final UnitTest test;
  private final TestOptions options;
  private final InputSamples input;
  private final List<PreparedGroup> groups;
  private final TestBudget budget;
  private final List<GroupState> states = new ArrayList<>();
  private final GroupEvaluator evaluator = new GroupEvaluator(() -> 0);
  private final TestStorage storage;
  private final long intervalMillis;
  private final boolean fuzzyCompare;
  private final QueryEngine engine;
  private final RuleQuery query;
  private final List<String> failures = new ArrayList<>();

  TestRun(
      String name,
      UnitTest test,
      UnitTestFile file,
      TestOptions options,
      InputSamples input,
      List<PreparedGroup> groups,
      TestBudget budget) {
    this.name = name;
    this.test = test;
    this.options = options;
    this.input = input;
    this.groups = groups;
    this.budget = budget;
    this.storage = new TestStorage(budget);
    this.intervalMillis = file.evaluationIntervalMillis();
    this.fuzzyCompare = file.fuzzyCompare();
    this.engine = new QueryEngine(engineOptions(intervalMillis));
    this.query = new BoundedQuery(engine, storage.source(), budget);
    groups.forEach(group -> states.add(GroupState.initial(group)));
  }

  /** The service's, but subqueries without a step take the interval of the evaluations. */
  private static EngineOptions engineOptions(long subqueryStepMillis) {
    EngineOptions o = EngineOptions.defaults();
    return new EngineOptions(
        o.timeoutMillis(),
        o.lookbackMillis(),
        o.queryMemoryBytes(),
        o.totalMemoryBytes(),
        o.sampleLimit(),
        subqueryStepMillis,
        o.clock());
  }

  TestReport run() {
    for (AlertTest expected : test.alertTests()) {
      if (expected.alertName().isEmpty()) {
        String in = test.name().isEmpty() ? "" : " (in TestGroup " + test.name() + ")";
        failures.add(
            "an item under alert_rule_test misses required attribute alertname at eval_time "
                + DurationText.format(expected.atMillis())
                + in);
        return report();
      }
    }
    if (evaluateAll()) {
      ExprComparison comparison = new ExprComparison(query, fuzzyCompare);
      for (ExprTest expected : test.exprTests()) {
        String over = budget.problem();
        if (over != null) {
          failures.add(over);
          break;
        }
        comparison
            .failure(expected, test.startMillis() + expected.atMillis())
            .ifPresent(this::fail);
      }
    }
    return report();
  }

  private void fail(String text) {
    failures.add(text);
    var _ = budget.takeChars(text.length()); // whoever goes on asks for the problem
  }

  private TestReport report() {
    List<String> notes =
        options.debug()
            ? StoredSamples.dump(engine, storage.source(), test.startMillis(), test.lastMillis())
            : List.of();
    return new TestReport(name, failures, notes);
  }

  /** Goes through the time; false where rules could not be evaluated. */
  private boolean evaluateAll() {
    List<AlertTest> waiting = new ArrayList<>(test.alertTests());
    waiting.sort(Comparator.comparingLong(AlertTest::atMillis));
    long last = test.lastMillis();
    for (long since = 0; since <= last; since += intervalMillis) {
      List<String> errors = step(test.startMillis() + since);
      failures.addAll(errors);
      if (!errors.isEmpty()) {
        return false;
      }
      while (!waiting.isEmpty() && waiting.getFirst().atMillis() < since + intervalMillis) {
        String over = budget.problem();
        if (over != null) {
          failures.add(over);
          return false;
        }
        compare(waiting.removeFirst());
      }
    }
    return true;
  }

  private List<String> step(long atMillis) {
    String over = budget.problem();
    if (over != null) {
      return List.of(over);
    }
    List<String> errors = new ArrayList<>(input.loadUntil(atMillis, storage));
    if (!errors.isEmpty()) {
      return errors;
    }
    for (int i = 0; i < groups.size(); i++) {
      GroupResult result =
          evaluator.evaluate(
              groups.get(i), states.get(i), EvaluationRequest.all(atMillis), query, storage);
      states.set(i, result.state());
      for (RuleOutcome outcome : result.outcomes()) {
        if (outcome.error() != null) {
          errors.add(
              "    rule: "
                  + groups.get(i).rules().get(outcome.rule()).name()
                  + ", time: "
                  + DurationMethods.print(atMillis * 1_000_000)
                  + ", err: "
                  + outcome.error());
        }
      }
    }
    return errors;
  }

  private void compare(AlertTest expected) {
    List<FiringAlert> wanted = new ArrayList<>();
    for (UnitTest.ExpectedAlert alert : expected.alerts()) {
      SortedMap<String, String> labels = new TreeMap<>(Labels::compareCodePoints);
      labels.putAll(alert.labels());
      labels.put(ALERT_NAME, expected.alertName());
      wanted.add(new FiringAlert(labels, alert.annotations()));
    }
    wanted = FiringAlert.sorted(wanted);
    List<FiringAlert> firing = FiringAlert.sorted(firing(expected.alertName()));
    if (wanted.equals(firing)) {
      return;
    }
    String head =
        (test.name().isEmpty() ? "" : "    name: " + test.name() + ",\n")
            + "    alertname: "
            + expected.alertName()
            + ", time: "
            + DurationText.format(expected.atMillis())
            + ", \n        ";
    String exp = FiringAlert.print(wanted);
    String got = FiringAlert.print(firing);
    fail(
        options.difference()
            ? head + "diff:\n" + indented("\n" + LineDifference.print(exp, got)).substring(1)
            : head + "exp:" + indented(exp) + ", \n        got:" + indented(got));
  }

  private static String indented(String text) {
    return text.replace("\n", "\n            ");
  }

  private List<FiringAlert> firing(String alertName) {
    List<FiringAlert> alerts = new ArrayList<>();
    for (int i = 0; i < groups.size(); i++) {
      List<PreparedRule> rules = groups.get(i).rules();
      for (int j = 0; j < rules.size(); j++) {
        if (rules.get(j) instanceof PreparedRule.Alerting
            && rules.get(j).name().equals(alertName)) {
          for (AlertInstance alert : states.get(i).rules().get(j).alerts().values()) {
            if (alert.state() == AlertState.FIRING) {
              alerts.add(FiringAlert.of(alert.labels(), alert.annotations()));
            }
          }
        }
      }
    }
    return alerts;
  }
}
