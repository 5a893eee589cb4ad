package dnd.metrics.server.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dnd.metrics.events.Timestamps;
import dnd.metrics.server.database.MemoryDatabase;
import dnd.metrics.server.database.Row;
import dnd.metrics.server.database.Table;
import dnd.metrics.server.head.HeadOptions;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.model.SampleBatch;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Rules at work; intervals are so long that what happens happens at once. */
class RuleServiceTest {
  @TempDir Path folder;

  private static final String LOW =
      """
      groups:
        - name: inn
          interval: 1h
          rules:
            - alert: LowAle
              expr: ale < 5
              labels: {severity: page}
              annotations: {summary: "{{ $labels.service }} has {{ $value }} left"}
      """;

  @Test
  void anAlertFollowsThePushThatCausedIt() throws Exception {
    try (RuleServiceFixture test = new RuleServiceFixture(folder)) {
      test.load("inn.yml", LOW);
      long at = test.clock.millis();
      test.pushAt(at, "push-1", "ale", 3, "service", "tavern");
      JsonNode triggered = test.next("alert.triggered");
      assertThat(triggered.get("rule").asString()).isEqualTo("LowAle");
      assertThat(triggered.get("severity").asString()).isEqualTo("page");
      assertThat(triggered.get("correlation_id").asString()).isEqualTo("push-1");
      assertThat(triggered.get("annotations").get("summary").asString())
          .isEqualTo("tavern has 3 left");
      assertThat(triggered.get("started_at").asString()).isEqualTo(Timestamps.format(at));
      Row row = test.database.rows(Table.ALERTS).getFirst();
      assertThat(row.text("status")).isEqualTo("firing");
      assertThat(row.timeMillis("started_at")).isEqualTo(at);
      test.push("push-2", "ale", 9, "service", "tavern");
      JsonNode resolved = test.next("alert.resolved");
      assertThat(resolved.get("correlation_id").asString()).isEqualTo("push-2");
      assertThat(test.database.rows(Table.ALERTS).getFirst().text("status")).isEqualTo("resolved");
    }
  }

  @Test
  void externalLabelsAreKnownToTemplatesAndAreGivenToWhatIsAnnouncedAlone() throws Exception {
    RuleDefaults defaults =
        new RuleDefaults(
            2_000,
            0,
            Labels.of("cluster", "blue", "service", "another"),
            "https://metrics.example.org");
    try (RuleServiceFixture test = new RuleServiceFixture(folder, defaults)) {
      String text = "{{ $externalLabels.cluster }}, see {{ $externalURL }}";
      String rules = LOW.replaceFirst(" *interval: .*\\n", "");
      test.load("inn.yml", rules.replace("{{ $labels.service }} has {{ $value }} left", text));
      test.push("push-1", "ale", 3, "service", "tavern");
      JsonNode triggered = test.next("alert.triggered");
      assertThat(triggered.get("annotations").get("summary").asString())
          .isEqualTo("blue, see https://metrics.example.org");
      assertThat(triggered.get("labels").get("cluster").asString()).isEqualTo("blue");
      assertThat(triggered.get("labels").get("service").asString()).isEqualTo("tavern");
      assertThat(test.database.rows(Table.ALERTS).getFirst().text("labels"))
          .contains("tavern")
          .doesNotContain("blue");
      JsonNode group = test.ask("alert.rules", "{\"action\":\"list\"}").get("groups").get(0);
      assertThat(group.get("interval").doubleValue()).isEqualTo(2);
    }
  }

  @Test
  void aPushThatIsOnItsWayWhileOtherRulesChangeIsNotMissed() throws Exception {
    try (RuleServiceFixture test = new RuleServiceFixture(folder)) {
      test.load("inn.yml", LOW);
      test.pushAround(
          () -> test.load("cellar.yml", LOW.replace("inn", "cellar").replace("ale <", "wine <")),
          test.clock.millis(),
          "push-1",
          "ale",
          3,
          "service",
          "tavern");
      JsonNode triggered = test.next("alert.triggered");
      assertThat(triggered.get("correlation_id").asString()).isEqualTo("push-1");
    }
  }

  @Test
  void anAlertIsOwedToTheLastPushOfItsOwnSender() throws Exception {
    try (RuleServiceFixture test = new RuleServiceFixture(folder)) {
      test.load("inn.yml", LOW.replace("ale <", "sum by (service) (ale) <"));
      test.push("keg-1", "ale", 9, "service", "keg");
      test.push("tavern-1", "ale", 3, "service", "tavern");
      test.push("keg-2", "ale", 8, "service", "keg");
      JsonNode triggered = test.next("alert.triggered");
      assertThat(triggered.get("correlation_id").asString()).isEqualTo("tavern-1");
    }
  }

  @Test
  void forRunsOutBetweenSamples() throws Exception {
    try (RuleServiceFixture test = new RuleServiceFixture(folder)) {
      test.load("inn.yml", LOW.replace("expr:", "for: 300ms\n        expr:"));
      long at = test.clock.millis();
      test.pushAt(at, "push-1", "ale", 3, "service", "tavern");
      JsonNode triggered = test.next("alert.triggered");
      assertThat(triggered.get("started_at").asString()).isEqualTo(Timestamps.format(at + 300));
      assertThat(triggered.get("correlation_id").asString()).isEqualTo("push-1");
      Row row = test.database.rows(Table.ALERTS).getFirst();
      assertThat(row.timeMillis("pending_since")).isEqualTo(at);
    }
  }

  @Test
  void keepFiringForRunsOutBetweenSamples() throws Exception {
    try (RuleServiceFixture test = new RuleServiceFixture(folder)) {
      test.load("inn.yml", LOW.replace("expr:", "keep_firing_for: 300ms\n        expr:"));
      test.push("push-1", "ale", 3, "service", "tavern");
      test.next("alert.triggered");
      long at = test.clock.millis() + 1;
      await().until(() -> test.clock.millis() >= at);
      test.pushAt(at, "push-2", "ale", 9, "service", "tavern");
      JsonNode resolved = test.next("alert.resolved");
      assertThat(resolved.get("resolved_at").asString()).isEqualTo(Timestamps.format(at + 300));
      assertThat(resolved.get("correlation_id").asString()).isEqualTo("push-2");
    }
  }

  @Test
  void aSampleAheadOfTheClockIsSeenWhenItsTimeHasCome() throws Exception {
    try (RuleServiceFixture test = new RuleServiceFixture(folder)) {
      test.load("inn.yml", LOW);
      long at = test.clock.millis() + 300;
      test.pushAt(at, "push-1", "ale", 3, "service", "tavern");
      JsonNode triggered = test.next("alert.triggered");
      assertThat(test.clock.millis()).isGreaterThanOrEqualTo(at);
      assertThat(triggered.get("started_at").asString()).isEqualTo(Timestamps.format(at));
    }
  }

  @Test
  void alertsGoOnAfterARestart() throws Exception {
    try (RuleServiceFixture test = new RuleServiceFixture(folder)) {
      test.load("inn.yml", LOW.replace("expr:", "for: 1h\n        expr:"));
      test.push("push-1", "ale", 3, "service", "tavern");
      await().until(() -> !test.database.rows(Table.ALERTS).isEmpty());
      Row before = test.database.rows(Table.ALERTS).getFirst();
      test.restart();
      test.push("push-2", "ale", 2, "service", "tavern");
      LoadedGroup loaded = test.service.scheduler().groups().getFirst();
      // at once, or with what is evaluated at the start where that is later
      await().until(() -> onlyAlertOf(loaded).value() == 2 && !loaded.evaluating.isLocked());
      assertThat(test.database.rows(Table.ALERTS)).containsExactly(before);
      assertThat(onlyAlertOf(loaded).activeAtMillis())
          .isEqualTo(before.timeMillis("pending_since"));
    }
  }

  private static AlertInstance onlyAlertOf(LoadedGroup loaded) {
    return loaded.state.rules().getFirst().alerts().values().iterator().next();
  }

  @Test
  void afterARestartNothingIsAnnouncedTwiceAndNothingForgotten() throws Exception {
    try (RuleServiceFixture test = new RuleServiceFixture(folder)) {
      test.load("inn.yml", LOW);
      test.push("push-1", "ale", 3, "service", "tavern");
      test.next("alert.triggered");
      await().until(() -> !test.database.rows(Table.ANNOUNCEMENTS).isEmpty()); // it is noted later
      test.restart();
      test.push("push-2", "ale", 9, "service", "tavern");
      var next = test.hub.next();
      while (!next.subject().startsWith("alert.")) {
        next = test.hub.next();
      }
      assertThat(next.subject()).isEqualTo("alert.resolved");
      assertThat(next.data().get("correlation_id").asString()).isEqualTo("push-2");
    }
  }

  @Test
  void rulesThatWereRefusedAreNotMixedWithLaterOnes() throws Exception {
    try (RuleServiceFixture test = new RuleServiceFixture(folder)) {
      test.load("cellar.yml", rules("wine", 1));
      refuseForNow(test, "inn.yml", rules("ale", 5));
      assertThat(test.database.rows(Table.ALERT_RULES)).as("they came true").hasSize(6);
      test.load("inn.yml", rules("ale", 2));
      tableHoldsTheBook(test, 3);
      refuseForNow(test, "cellar.yml", rules("wine", 2));
      test.load("attic.yml", rules("dust", 1)); // a change of any file will do
      tableHoldsTheBook(test, 4);
    }
  }

  private static void refuseForNow(RuleServiceFixture test, String file, String rules) {
    RuleBook before = test.service.book();
    test.database.breakDiskForNow();
    assertThatThrownBy(() -> test.load(file, rules)).hasMessage("the disk in memory is broken");
    test.database.breakDisk(false);
    assertThat(test.service.book()).isEqualTo(before);
  }

  private static void tableHoldsTheBook(RuleServiceFixture test, int rules) {
    RuleBook book = test.service.book();
    assertThat(RuleRows.read(test.database.rows(Table.ALERT_RULES))).isEqualTo(book);
    assertThat(book.ruleCount()).isEqualTo(rules);
  }

  private static String rules(String metric, int count) {
    StringBuilder file =
        new StringBuilder("groups:\n  - name: inn\n    interval: 1h\n    rules:\n");
    for (int i = 0; i < count; i++) {
      file.append("      - {record: '%s:%d', expr: %s}\n".formatted(metric, i, metric));
    }
    return file.toString();
  }

  @Test
  void aRuleThatIsGoneAfterARestartLeavesNoAlertBehind() throws Exception {
    try (RuleServiceFixture test = new RuleServiceFixture(folder)) {
      test.load("inn.yml", LOW);
      test.push("push-1", "ale", 3, "service", "tavern");
      test.next("alert.triggered");
      Row rule = test.database.rows(Table.ALERT_RULES).getFirst();
      test.database.write(
          List.of(
              new dnd.metrics.server.database.Change.Remove(
                  Table.ALERT_RULES, Row.builder().text("id", rule.text("id")).build())));
      test.restart();
      test.next("alert.resolved");
      assertThat(test.database.rows(Table.ALERTS).getFirst().text("status")).isEqualTo("resolved");
    }
  }

  @Test
  void nothingIsAnnouncedThatIsNotLasting() throws Exception {
    try (RuleServiceFixture test = new RuleServiceFixture(folder)) {
      test.load("inn.yml", LOW);
      test.database.breakDisk(true);
      test.push("push-1", "ale", 3, "service", "tavern");
      LoadedGroup loaded = test.service.scheduler().groups().getFirst();
      await().until(() -> loaded.atOnce.sum() > 0 && !loaded.evaluating.isLocked());
      test.service.flush();
      test.push("push-2", "ale", 9, "service", "tavern");
      await()
          .until(() ->
              loaded.state.rules().getFirst().alerts().values().stream()
                  .noneMatch(AlertInstance::active));
      assertThat(test.hub.published).noneMatch(p -> p.subject().startsWith("alert."));
      test.database.breakDisk(false);
      assertThat(test.next("alert.triggered").get("correlation_id").asString()).isEqualTo("push-1");
      assertThat(test.next("alert.resolved").get("correlation_id").asString()).isEqualTo("push-2");
      assertThat(test.database.rows(Table.ALERTS)).hasSize(1);
    }
  }

  @Test
  void rulesWaitForADatabaseThatIsAway() throws Exception {
    MemoryDatabase database = new MemoryDatabase();
    database.goAway();
    try (RuleServiceFixture test = new RuleServiceFixture(folder, database, HeadOptions.DEFAULT)) {
      JsonNode refused = test.ask("alert.rules", "{\"action\":\"list\"}");
      assertThat(refused.get("code").asString()).isEqualTo("storage_unavailable");
      database.comeBack();
      test.awaitLoaded();
      assertThat(test.ask("alert.rules", "{}").get("groups").isEmpty()).isTrue();
    }
  }

  private static final String CHAIN =
      """
      groups:
        - name: sums
          interval: 1h
          rules:
            - record: inn:ale:sum
              expr: sum(ale)
        - name: alerts
          interval: 1h
          rules:
            - alert: Dry
              expr: inn:ale:sum < 5
      """;

  @Test
  void recordedSeriesAreAnnouncedAndReadAtOnceByOtherGroups() throws Exception {
    try (RuleServiceFixture test = new RuleServiceFixture(folder)) {
      test.load("chain.yml", CHAIN);
      test.push("push-1", "ale", 3, "service", "tavern");
      JsonNode aggregated = null;
      JsonNode triggered = null;
      while (aggregated == null || triggered == null) {
        var next = test.hub.next();
        if (next.subject().equals("metrics.aggregated")) {
          aggregated = next.data();
        } else if (next.subject().equals("alert.triggered")) {
          triggered = next.data();
        }
      }
      assertThat(aggregated.get("rule").asString()).isEqualTo("inn:ale:sum");
      assertThat(aggregated.get("count").asInt()).isEqualTo(1);
      assertThat(aggregated.get("correlation_id").asString()).isEqualTo("push-1");
      assertThat(triggered.get("correlation_id").asString()).isEqualTo("push-1");
    }
  }

  @Test
  void aRuleThatReadsItselfIsEvaluatedAtItsIntervalOnly() throws Exception {
    try (RuleServiceFixture test = new RuleServiceFixture(folder)) {
      test.load(
          "count.yml",
          """
          groups:
            - name: g
              interval: 1h
              rules:
                - record: rounds
                  expr: (rounds or vector(0)) + 1 + 0 * sum(ale)
                - record: seen
                  expr: sum(ale)
          """);
      LoadedGroup loaded = test.service.scheduler().groups().getFirst();
      await().until(() -> loaded.state.rules().getLast().health().equals("ok"));
      long first = loaded.state.rules().getFirst().evaluatedAtMillis();
      test.push("push-1", "ale", 3, "service", "tavern");
      await().until(() -> loaded.state.rules().getLast().evaluatedAtMillis() > first);
      assertThat(loaded.state.rules().getFirst().evaluatedAtMillis()).isEqualTo(first);
    }
  }

  @Test
  void aSeriesThatIsRefusedIsAnErrorOfItsRule() throws Exception {
    HeadOptions options = HeadOptions.DEFAULT.withSeriesLimitPerService(2);
    try (RuleServiceFixture test = new RuleServiceFixture(folder, new MemoryDatabase(), options)) {
      test.load(
          "many.yml",
          """
          groups:
            - name: g
              interval: 1h
              rules:
                - record: copy
                  expr: ale
          """);
      for (int i = 0; i < 3; i++) {
        test.push("push-" + i, "ale", i, "service", "inn" + i);
      }
      await()
          .until(() -> {
            JsonNode rule = test.ask("alert.rules", "{}").get("groups").get(0).get("rules").get(0);
            return rule.has("lastError")
                && rule.get("lastError").asString().startsWith("the service has as many series");
          });
    }
  }

  @Test
  void wherePushesTookAllSendersOfTheServiceItIsAnErrorOfTheRule() throws Exception {
    HeadOptions options = HeadOptions.DEFAULT.withSenderLimitPerService(1);
    try (RuleServiceFixture test = new RuleServiceFixture(folder, new MemoryDatabase(), options)) {
      test.push("push-1", "ale", 1, "service", "metrics_service", "instance", "another");
      test.load(
          "one.yml",
          """
          groups:
            - name: g
              interval: 1h
              rules:
                - record: copy
                  expr: ale
          """);
      test.push("push-2", "ale", 2, "service", "inn");
      await()
          .until(() -> {
            JsonNode rule = test.ask("alert.rules", "{}").get("groups").get(0).get("rules").get(0);
            return rule.has("lastError")
                && rule.get("lastError").asString().startsWith("service metrics_service has 1 ");
          });
    }
  }

  @Test
  void intervalsGoOnUnderAFloodThatConcernsTheGroup() throws Exception {
    try (RuleServiceFixture test = new RuleServiceFixture(folder)) {
      test.load("inn.yml", LOW.replace("1h", "1s"));
      LoadedGroup loaded = test.service.scheduler().groups().getFirst();
      long until = loaded.intervals.sum() + 3;
      long pushed = 0;
      while (loaded.intervals.sum() < until) {
        test.push("push-" + pushed++, "ale", 9, "service", "tavern");
      }
      assertThat(loaded.missed.sum()).isZero();
      assertThat(loaded.atOnce.sum()).isPositive();
    }
  }

  /** A clock that throws while there are {@code faults} left, where {@code isAsked} says so. */
  private static InstantSource faulty(AtomicInteger faults, BooleanSupplier isAsked, Error error) {
    return () -> {
      if (faults.get() > 0
          && isAsked.getAsBoolean()
          && faults.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
        throw error;
      }
      return Instant.now();
    };
  }

  private static boolean isCalledBy(String method) {
    return StackWalker.getInstance()
        .walk(frames -> frames.anyMatch(frame -> frame.getMethodName().equals(method)));
  }

  @Test
  void whatComesIsEvaluatedWhereMemoryWasMissingToAwaitWhatCameBefore() throws Exception {
    AtomicInteger faults = new AtomicInteger(1);
    InstantSource clock = faulty(faults, () -> isCalledBy("arm"), new OutOfMemoryError("for now"));
    try (RuleServiceFixture test = new RuleServiceFixture(folder, clock)) {
      test.load("inn.yml", LOW.replace("interval: 1h", "interval: 1h\n    query_offset: 1s"));
      LoadedGroup loaded = test.service.scheduler().groups().getFirst();
      test.push("push-1", "ale", 9, "service", "tavern");
      await().until(() -> faults.get() == 0);
      test.push("push-2", "ale", 9, "service", "tavern");
      await().until(() -> loaded.atOnce.sum() > 0);
    }
  }

  @Test
  void intervalsGoOnWhereMemoryIsMissingForTheNextSlot() throws Exception {
    AtomicInteger faults = new AtomicInteger();
    InstantSource clock =
        faulty(faults, () -> isCalledBy("awaitNext"), new OutOfMemoryError("for now"));
    try (RuleServiceFixture test = new RuleServiceFixture(folder, clock)) {
      test.load("inn.yml", LOW.replace("1h", "1s"));
      LoadedGroup loaded = test.service.scheduler().groups().getFirst();
      faults.set(2);
      await().until(() -> faults.get() == 0);
      long before = loaded.intervals.sum();
      await().until(() -> loaded.intervals.sum() >= before + 2);
      assertThat(test.service.figures().failed()).isEqualTo(2);
    }
  }

  static Stream<Error> errors() {
    return Stream.of(new OutOfMemoryError("for now"), new LinkageError("for now"));
  }

  @ParameterizedTest
  @MethodSource("errors")
  void intervalsGoOnAfterAnErrorInOne(Error error) throws Exception {
    AtomicInteger faults = new AtomicInteger();
    InstantSource clock =
        faulty(faults, () -> Thread.currentThread().getName().startsWith("rule-interval-"), error);
    try (RuleServiceFixture test = new RuleServiceFixture(folder, clock)) {
      test.load("inn.yml", LOW.replace("1h", "1s"));
      LoadedGroup loaded = test.service.scheduler().groups().getFirst();
      loaded.evaluating.lock();
      try {
        await().until(loaded.evaluating::hasQueuedThreads);
        faults.set(1); // the next that the slot's thread does is to ask the clock
      } finally {
        loaded.evaluating.unlock();
      }
      await().until(() -> faults.get() == 0);
      long before = loaded.intervals.sum();
      await().until(() -> loaded.intervals.sum() >= before + 2);
      assertThat(test.service.figures().failed()).isEqualTo(1);
    }
  }

  @Test
  void seriesOfAlertsAreStored() throws Exception {
    try (RuleServiceFixture test = new RuleServiceFixture(folder)) {
      test.load("inn.yml", LOW);
      test.push("push-1", "ale", 3, "service", "tavern");
      test.next("alert.triggered");
      var found =
          test.head.select(
              List.of(
                  Matcher.equal(Labels.METRIC_NAME, "ALERTS"),
                  Matcher.equal("alertstate", "firing")),
              0,
              Long.MAX_VALUE);
      assertThat(found).hasSize(1);
      SampleBatch samples = new SampleBatch();
      assertThat(found.getFirst().read(0, Long.MAX_VALUE).next(samples)).isTrue();
      assertThat(samples.values[0]).isEqualTo(1);
      assertThat(found.getFirst().labels().toMap())
          .containsEntry("alertname", "LowAle")
          .containsEntry("service", "tavern");
    }
  }

  /** A clock that a test can set. */
  private static final class SettableClock implements InstantSource {
    private final AtomicLong aheadMillis = new AtomicLong();

    void set(long millis) {
      aheadMillis.addAndGet(millis);
    }

    @Override
    public Instant instant() {
      return Instant.now().plusMillis(aheadMillis.get());
    }
  }

  @Test
  void intervalsGoOnWhereTheClockIsSetBack() throws Exception {
    SettableClock clock = new SettableClock();
    try (RuleServiceFixture test = new RuleServiceFixture(folder, clock)) {
      test.load("inn.yml", LOW.replace("1h", "1s"));
      LoadedGroup loaded = test.service.scheduler().groups().getFirst();
      await().until(() -> loaded.intervals.sum() > 0);
      clock.set(-3_600_000);
      long before = loaded.intervals.sum();
      await().until(() -> loaded.intervals.sum() >= before + 3);
    }
  }

  private static final String TWO_OF_A_NAME =
      """
      groups:
        - name: inn
          interval: 1h
          rules:
            - alert: LowAle
              expr: wine < 5
              labels: {severity: page}
            - alert: LowAle
              expr: ale < 5
              labels: {severity: info}
      """;

  @Test
  void aRuleThatBecameTheFirstOfItsNameKeepsItsAlertsAfterARestart() throws Exception {
    try (RuleServiceFixture test = new RuleServiceFixture(folder)) {
      test.load("inn.yml", TWO_OF_A_NAME);
      test.push("push-1", "ale", 3, "service", "tavern");
      test.next("alert.triggered");
      await().until(() -> !test.database.rows(Table.ANNOUNCEMENTS).isEmpty());
      Row before = test.database.rows(Table.ALERTS).getFirst();
      String first = TWO_OF_A_NAME.substring(0, TWO_OF_A_NAME.indexOf("      - alert"));
      test.load(
          "inn.yml", first + TWO_OF_A_NAME.substring(TWO_OF_A_NAME.lastIndexOf("      - alert")));
      test.restart();
      LoadedGroup loaded = test.service.scheduler().groups().getFirst();
      await().until(() -> loaded.evaluatedAtMillis != AlertInstance.NEVER);
      test.service.flush();
      assertThat(test.hub.published).noneMatch(p -> p.subject().startsWith("alert."));
      assertThat(test.database.rows(Table.ALERTS)).containsExactly(before);
    }
  }

  @Test
  void aLateSampleIsNoReasonToEvaluateInThePastAfterARestart() throws Exception {
    SettableClock clock = new SettableClock();
    try (RuleServiceFixture test = new RuleServiceFixture(folder, clock)) {
      test.load("inn.yml", LOW);
      long at = clock.millis();
      test.pushAt(at, "push-1", "ale", 3, "service", "tavern");
      test.next("alert.triggered");
      await().until(() -> !test.database.rows(Table.ANNOUNCEMENTS).isEmpty());
      clock.set(10 * 60_000);
      test.restart();
      LoadedGroup loaded = test.service.scheduler().groups().getFirst();
      test.pushAt(at - 1000, "late", "ale", 3, "service", "keg");
      await().until(() -> loaded.atOnce.sum() > 0 && !loaded.evaluating.isLocked());
      assertThat(loaded.state.rules().getFirst().evaluatedAtMillis()).isGreaterThan(at);
    }
  }

  @Test
  void whatWasPendingBeforeAnOutageDoesNotFireInThePast() throws Exception {
    SettableClock clock = new SettableClock();
    try (RuleServiceFixture test = new RuleServiceFixture(folder, clock)) {
      test.load("inn.yml", LOW.replace("expr:", "for: 2m\n        expr:"));
      test.push("push-1", "ale", 3, "service", "tavern");
      await().until(() -> !test.database.rows(Table.ALERTS).isEmpty());
      clock.set(10 * 60_000);
      test.restart();
      LoadedGroup loaded = test.service.scheduler().groups().getFirst();
      test.push("push-2", "ale", 3, "service", "keg");
      await().until(() -> loaded.atOnce.sum() > 0 && !loaded.evaluating.isLocked());
      test.service.flush();
      assertThat(test.hub.published).noneMatch(p -> p.subject().startsWith("alert."));
    }
  }

  @Test
  void anAlertIsShownWithTheValueThatItHasNow() throws Exception {
    RuleDefaults defaults =
        new RuleDefaults(3_600_000, 0, Labels.of("cluster", "blue", "service", "x"), "");
    try (RuleServiceFixture test = new RuleServiceFixture(folder, defaults)) {
      test.load("inn.yml", LOW);
      test.push("push-1", "ale", 3, "service", "tavern");
      test.push("push-1", "ale", 4, "service", "keg");
      test.next("alert.triggered");
      test.next("alert.triggered");
      test.push("push-2", "ale", 2, "service", "tavern");
      test.push("push-2", "ale", 1, "service", "keg");
      await()
          .untilAsserted(() ->
              assertThat(test.announcer.views())
                  .extracting(view -> view.value() + view.annotations().get("summary"))
                  .containsExactlyInAnyOrder("2.0tavern has 2 left", "1.0keg has 1 left"));
    }
  }

  @Test
  void rulesThatAreGoneDoNotComeBackWhereRowsOfTheirGroupHadExpired() throws Exception {
    try (RuleServiceFixture test = new RuleServiceFixture(folder)) {
      test.load("inn.yml", TWO_OF_A_NAME);
      Row first = test.database.rows(Table.ALERT_RULES).getFirst();
      test.database.write(
          List.of(
              new dnd.metrics.server.database.Change.Remove(
                  Table.ALERT_RULES, Row.builder().text("id", first.text("id")).build())));
      test.restart();
      assertThat(test.service.book().ruleCount()).isEqualTo(1);
      test.service.change(book -> book.without("inn.yml", group -> true), "delete");
      test.restart();
      assertThat(test.service.book().ruleCount()).isZero();
    }
  }

  @Test
  void whoReadsWhatARuleWroteIsEvaluatedWhenTheRuleIsGone() throws Exception {
    try (RuleServiceFixture test = new RuleServiceFixture(folder)) {
      test.load("inn.yml", CHAIN);
      test.push("push-1", "ale", 3, "service", "tavern");
      test.next("alert.triggered");
      int begin = CHAIN.indexOf("  - name: sums");
      int end = CHAIN.indexOf("  - name: alerts");
      test.load("inn.yml", CHAIN.substring(0, begin) + CHAIN.substring(end));
      test.next("alert.resolved");
    }
  }
}
