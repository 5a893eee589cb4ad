package dnd.metrics.server.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.rules.EvaluationRequest.Writing;
import java.util.BitSet;
import org.junit.jupiter.api.Test;

class GroupEvaluatorTest {
  private static final String HOLD =
      """
      groups:
        - name: g
          labels: {team: tavern, severity: page}
          rules:
            - alert: Low
              expr: ale < 5
              for: 60s
              labels: {severity: warn}
              annotations: {summary: little ale}
      """;

  private static final Labels LOW =
      Labels.of("alertname", "Low", "inn", "a", "severity", "warn", "team", "tavern");

  @Test
  void goesFromPendingToFiringToResolved() throws Exception {
    TestGroup test = new TestGroup(HOLD);
    test.sample("ale", 0, 9, "inn", "a").sample("ale", 10, 3, "inn", "a");
    assertThat(test.at(0)).isEmpty();
    assertThat(test.at(10)).containsExactly("Pending" + LOW);
    assertThat(test.at(69)).isEmpty();
    assertThat(test.at(70)).containsExactly("Fired" + LOW);
    assertThat(test.alert().activeAtMillis()).isEqualTo(10_000);
    assertThat(test.alert().firedAtMillis()).isEqualTo(70_000);
    assertThat(test.alert().annotations()).isEqualTo(Labels.of("summary", "little ale"));
    assertThat(test.alert().value()).isEqualTo(3);
    test.sample("ale", 80, 7, "inn", "a");
    assertThat(test.at(80)).containsExactly("Resolved" + LOW);
    assertThat(test.alert().resolvedAtMillis()).isEqualTo(80_000);
  }

  @Test
  void writesTheSeriesOfAlertsAndEndsThem() throws Exception {
    TestGroup test = new TestGroup(HOLD);
    test.sample("ale", 10.5, 3, "inn", "a").sample("ale", 80, 7, "inn", "a");
    test.at(10.5);
    test.at(70.5);
    test.at(80);
    test.at(90);
    Labels alerts = LOW.with("__name__", "ALERTS");
    assertThat(test.store.samples(alerts.with("alertstate", "pending")))
        .containsExactly("10500=1.0", "70500=stale");
    assertThat(test.store.samples(alerts.with("alertstate", "firing")))
        .containsExactly("70500=1.0", "80000=stale");
    assertThat(test.store.samples(LOW.with("__name__", "ALERTS_FOR_STATE")))
        .containsExactly("10500=10.0", "70500=10.0", "80000=stale");
  }

  @Test
  void forgetsAPendingAlertThatEnds() throws Exception {
    TestGroup test = new TestGroup(HOLD);
    test.sample("ale", 10, 3, "inn", "a").sample("ale", 20, 8, "inn", "a");
    test.at(10);
    assertThat(test.at(20)).containsExactly("Dropped" + LOW);
    assertThat(test.state.rules().getFirst().alerts()).isEmpty();
  }

  @Test
  void keepsAResolvedAlertForFifteenMinutesAndBeginsAnewAfterIt() throws Exception {
    TestGroup test = new TestGroup(HOLD.replace("for: 60s", "for: 0s"));
    test.sample("ale", 10, 3, "inn", "a").sample("ale", 20, 8, "inn", "a");
    assertThat(test.at(10)).containsExactly("Fired" + LOW);
    String first = test.alert().id();
    test.at(20);
    assertThat(test.at(20 + 900)).isEmpty();
    assertThat(test.alert().state()).isEqualTo(AlertState.INACTIVE);
    assertThat(test.at(20 + 900.001)).isEmpty();
    assertThat(test.state.rules().getFirst().alerts()).isEmpty();
    test.sample("ale", 1000, 2, "inn", "a");
    assertThat(test.at(1000)).containsExactly("Fired" + LOW);
    assertThat(test.alert().id()).isNotEqualTo(first);
  }

  @Test
  void firesAgainWhileTheResolvedOneIsKept() throws Exception {
    TestGroup test = new TestGroup(HOLD.replace("for: 60s", "for: 0s"));
    test.sample("ale", 10, 3, "inn", "a");
    test.sample("ale", 20, 8, "inn", "a");
    test.sample("ale", 30, 4, "inn", "a");
    test.at(10);
    String first = test.alert().id();
    test.at(20);
    assertThat(test.at(30)).containsExactly("Fired" + LOW);
    assertThat(test.alert().activeAtMillis()).isEqualTo(30_000);
    assertThat(test.alert().id()).isNotEqualTo(first);
  }

  @Test
  void keepsFiringAsLongAsTheRuleSays() throws Exception {
    TestGroup test = new TestGroup(HOLD.replace("for: 60s", "keep_firing_for: 30s"));
    test.sample("ale", 10, 3, "inn", "a").sample("ale", 20, 8, "inn", "a");
    test.at(10);
    assertThat(test.at(20)).containsExactly("Kept" + LOW);
    assertThat(test.at(49.999)).isEmpty();
    assertThat(test.at(50)).containsExactly("Resolved" + LOW);
  }

  @Test
  void countsKeepFiringForAnewWhenTheAlertComesBack() throws Exception {
    TestGroup test = new TestGroup(HOLD.replace("for: 60s", "keep_firing_for: 30s"));
    test.sample("ale", 10, 3, "inn", "a");
    test.sample("ale", 20, 8, "inn", "a");
    test.sample("ale", 40, 3, "inn", "a");
    test.sample("ale", 45, 8, "inn", "a");
    test.at(10);
    test.at(20);
    test.at(40);
    assertThat(test.alert().keepFiringSinceMillis()).isEqualTo(AlertInstance.NEVER);
    test.at(45);
    assertThat(test.at(74)).isEmpty();
    assertThat(test.at(75)).containsExactly("Resolved" + LOW);
  }

  @Test
  void refusesTwoAlertsWithTheSameLabelsAndKeepsWhatWas() throws Exception {
    TestGroup test =
        new TestGroup(
            HOLD.replace("for: 60s", "for: 0s")
                .replace("ale < 5", "'{__name__=~\"ale|mead\"} < 5'"));
    test.sample("ale", 0, 3, "inn", "a");
    assertThat(test.at(0)).containsExactly("Fired" + LOW);
    test.sample("mead", 10, 3, "inn", "a");
    assertThat(test.at(10))
        .containsExactly(
            "error: vector contains metrics with the same labelset after applying alert labels");
    assertThat(test.alert().state()).isEqualTo(AlertState.FIRING);
    assertThat(test.state.rules().getFirst().health()).isEqualTo("err");
  }

  @Test
  void anExceededLimitTakesEveryAlertBack() throws Exception {
    TestGroup test =
        new TestGroup(
            HOLD.replace("for: 60s", "for: 0s").replace("name: g", "name: g\n    limit: 1"));
    test.sample("ale", 0, 3, "inn", "a");
    test.at(0);
    test.sample("ale", 10, 3, "inn", "b");
    assertThat(test.at(10))
        .containsExactly("Resolved" + LOW, "error: exceeded limit of 1 with 2 alerts");
    assertThat(test.state.rules().getFirst().alerts()).isEmpty();
  }

  @Test
  void looksBackByTheQueryOffset() throws Exception {
    TestGroup test =
        new TestGroup(
            HOLD.replace("for: 60s", "for: 0s")
                .replace("name: g", "name: g\n    query_offset: 30s"));
    test.sample("ale", 10, 3, "inn", "a");
    assertThat(test.at(20)).isEmpty();
    assertThat(test.at(40)).containsExactly("Fired" + LOW);
    assertThat(test.alert().firedAtMillis()).isEqualTo(40_000);
    Labels firing = LOW.with("__name__", "ALERTS").with("alertstate", "firing");
    assertThat(test.store.samples(firing)).containsExactly("10000=1.0");
  }

  private static final String RECORD =
      """
      groups:
        - name: g
          rules:
            - record: inn:ale:sum
              expr: sum by (inn) (ale)
              labels: {unit: pint}
            - alert: Dry
              expr: inn:ale:sum == 0
      """;

  private static final Labels SUM =
      Labels.of("__name__", "inn:ale:sum", "inn", "a", "unit", "pint");

  @Test
  void laterRulesSeeWhatEarlierOnesWrote() throws Exception {
    TestGroup test = new TestGroup(RECORD);
    test.sample("ale", 0, 0, "inn", "a", "barrel", "1");
    test.sample("ale", 0, 0, "inn", "a", "barrel", "2");
    assertThat(test.at(0))
        .containsExactly("Fired" + SUM.withoutMetricName().with("alertname", "Dry"));
  }

  @Test
  void endsARecordedSeriesThatTheQueryNoLongerGives() throws Exception {
    TestGroup test = new TestGroup(RECORD);
    test.sample("ale", 0, 4, "inn", "a");
    test.at(0);
    test.at(100);
    test.at(400);
    assertThat(test.store.samples(SUM)).containsExactly("0=4.0", "100000=4.0", "400000=stale");
  }

  @Test
  void writesOnlyChangesWhereThatIsAskedFor() throws Exception {
    TestGroup test = new TestGroup(RECORD);
    test.sample("ale", 0, 4, "inn", "a").sample("ale", 30, 5, "inn", "a");
    for (long at = 0; at <= 40_000; at += 10_000) {
      test.evaluate(new EvaluationRequest(at, null, Writing.CHANGES, Cause.UNKNOWN));
    }
    assertThat(test.store.samples(SUM)).containsExactly("0=4.0", "30000=5.0");
  }

  @Test
  void evaluatesOnlyTheRulesThatAreAskedFor() throws Exception {
    TestGroup test = new TestGroup(RECORD);
    test.sample("ale", 0, 4, "inn", "a");
    BitSet second = new BitSet();
    second.set(1);
    test.evaluate(new EvaluationRequest(0, second, Writing.ALL, Cause.UNKNOWN));
    assertThat(test.store.samples(SUM)).isEmpty();
    assertThat(test.state.rules().get(0).health()).isEqualTo("unknown");
    assertThat(test.state.rules().get(1).health()).isEqualTo("ok");
  }

  @Test
  void aRefusedSampleIsTheRulesErrorAndTheOthersAreWritten() throws Exception {
    TestGroup test = new TestGroup(RECORD);
    test.sample("ale", 0, 4, "inn", "a").sample("ale", 0, 6, "inn", "b");
    test.store.refused.put(SUM, "too many series");
    assertThat(test.at(0)).containsExactly("error: too many series");
    assertThat(test.store.samples(SUM.with("inn", "b"))).containsExactly("0=6.0");
  }

  @Test
  void saysWhatIsWrongWithAQueryAndGoesOn() throws Exception {
    TestGroup test = new TestGroup(RECORD.replace("sum by (inn) (ale)", "ale + on(inn) ale"));
    test.sample("ale", 0, 0, "inn", "a", "barrel", "1");
    test.sample("ale", 0, 0, "inn", "a", "barrel", "2");
    assertThat(test.at(0)).singleElement().asString().startsWith("error: found duplicate series");
    assertThat(test.state.rules().get(0).lastError()).startsWith("found duplicate series");
    assertThat(test.state.rules().get(1).health()).isEqualTo("ok");
  }

  @Test
  void rulesWithTheSameNameAndLabelsGoOnInAnotherGroup() throws Exception {
    TestGroup test = new TestGroup(HOLD);
    test.sample("ale", 10, 3, "inn", "a");
    test.at(10);
    PreparedGroup changed = TestGroup.prepare(HOLD.replace("ale < 5", "ale < 4"));
    GroupState.Carried carried = test.state.carriedOver(test.group, changed);
    assertThat(carried.state().rules()).isEqualTo(test.state.rules());
    assertThat(carried.orphans()).isEmpty();
  }

  @Test
  void aRuleThatIsGoneLeavesItsAlertsAndEndsItsSeries() throws Exception {
    TestGroup test = new TestGroup(HOLD);
    test.sample("ale", 10, 3, "inn", "a");
    test.at(10);
    PreparedGroup changed = TestGroup.prepare(HOLD.replace("Low", "VeryLow"));
    GroupState.Carried carried = test.state.carriedOver(test.group, changed);
    assertThat(carried.orphans()).extracting(AlertInstance::labels).containsExactly(LOW);
    test.group = changed;
    test.state = carried.state();
    test.at(20);
    assertThat(test.store.samples(LOW.with("__name__", "ALERTS_FOR_STATE")))
        .containsExactly("10000=10.0", "20000=stale");
    assertThat(test.state.ended()).isEmpty();
  }

  @Test
  void aLongerForTakesAFiringAlertBackToPending() throws Exception {
    TestGroup test = new TestGroup(HOLD.replace("for: 60s", "for: 5s"));
    test.sample("ale", 10, 3, "inn", "a");
    test.at(10);
    test.at(15);
    PreparedGroup longer = TestGroup.prepare(HOLD);
    test.state = test.state.carriedOver(test.group, longer).state();
    test.group = longer;
    assertThat(test.at(20)).containsExactly("Resolved" + LOW, "Pending" + LOW);
    assertThat(test.at(70)).containsExactly("Fired" + LOW);
    assertThat(test.alert().activeAtMillis()).isEqualTo(10_000);
  }

  @Test
  void theCorrelationIdIsThatOfWhatMadeTheAlertPending() throws Exception {
    TestGroup test = new TestGroup(HOLD);
    test.sample("ale", 10, 3, "inn", "a").sample("ale", 80, 9, "inn", "a");
    test.evaluate(new EvaluationRequest(10_000, null, Writing.ALL, cause("first")));
    test.evaluate(new EvaluationRequest(70_000, null, Writing.ALL, cause("second")));
    assertThat(test.alert().correlationId()).isEqualTo("first");
    test.evaluate(new EvaluationRequest(80_000, null, Writing.ALL, cause("third")));
    assertThat(test.alert().correlationId()).isEqualTo("third");
  }

  private static Cause cause(String correlationId) {
    return new Cause() {
      @Override
      public String eventOf(Labels alertLabels) {
        return correlationId;
      }

      @Override
      public String evaluation() {
        return "evaluation";
      }
    };
  }

  @Test
  void aClockThatIsSetBackTakesNoAlertBack() throws Exception {
    TestGroup test = new TestGroup(HOLD);
    test.sample("ale", 10, 3, "inn", "a").sample("ale", 5000, 3, "inn", "a");
    test.at(5000);
    test.at(5060);
    assertThat(test.alert().state()).isEqualTo(AlertState.FIRING);
    assertThat(test.at(20)).isEmpty();
    assertThat(test.alert().state()).isEqualTo(AlertState.FIRING);
    assertThat(test.at(1000)).as("ale was not known then").containsExactly("Resolved" + LOW);
    assertThat(test.alert().resolvedAtMillis()).isEqualTo(test.alert().firedAtMillis());
  }

  @Test
  void whereTheClockIsSetBackATimeThatRunsBeginsAnew() throws Exception {
    TestGroup test = new TestGroup(HOLD);
    test.sample("ale", 10, 3, "inn", "a").sample("ale", 5000, 3, "inn", "a");
    assertThat(test.at(5000)).containsExactly("Pending" + LOW);
    assertThat(test.at(20)).isEmpty();
    assertThat(test.at(79)).isEmpty();
    assertThat(test.at(80)).containsExactly("Fired" + LOW);

    test = new TestGroup(HOLD.replace("for: 60s", "keep_firing_for: 60s"));
    test.sample("ale", 5, 9, "inn", "a").sample("ale", 5000, 3, "inn", "a");
    test.sample("ale", 5010, 9, "inn", "a");
    assertThat(test.at(5000)).containsExactly("Fired" + LOW);
    assertThat(test.at(5010)).containsExactly("Kept" + LOW);
    assertThat(test.at(10)).containsExactly("Kept" + LOW);
    assertThat(test.at(69)).isEmpty();
    assertThat(test.at(70)).containsExactly("Resolved" + LOW);
  }

  @Test
  void aSeriesThatCouldNotBeEndedIsEndedTheNextTime() throws Exception {
    TestGroup test = new TestGroup(RECORD);
    test.sample("ale", 0, 4, "inn", "a");
    test.at(0);
    test.store.refused.put(SUM, "the log is not there");
    assertThat(test.at(400)).contains("error: the log is not there");
    assertThat(test.store.samples(SUM)).containsExactly("0=4.0");
    test.store.refused.clear();
    test.at(401);
    assertThat(test.store.samples(SUM)).containsExactly("0=4.0", "401000=stale");
    test.at(402);
    assertThat(test.store.samples(SUM)).containsExactly("0=4.0", "401000=stale");
  }

  @Test
  void aSeriesOfARuleThatIsGoneIsEndedWhenThatCanBeDone() throws Exception {
    TestGroup test = new TestGroup(RECORD);
    test.sample("ale", 0, 4, "inn", "a");
    test.at(0);
    PreparedGroup changed = TestGroup.prepare(HOLD);
    test.state = test.state.carriedOver(test.group, changed).state();
    test.group = changed;
    test.store.refused.put(SUM, "the log is not there");
    test.at(10);
    assertThat(test.store.samples(SUM)).containsExactly("0=4.0");
    test.store.refused.clear();
    test.at(20);
    assertThat(test.store.samples(SUM)).containsExactly("0=4.0", "20000=stale");
    assertThat(test.state.ended()).isEmpty();
  }
}
