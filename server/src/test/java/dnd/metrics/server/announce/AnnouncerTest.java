package dnd.metrics.server.announce;

import static dnd.metrics.server.announce.AlertExamples.firing;
import static dnd.metrics.server.announce.AlertExamples.resolved;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dnd.metrics.server.announce.ListeningHub.Published;
import dnd.metrics.server.announce.route.AlertsConfig;
import dnd.metrics.server.announce.route.AlertsConfigs;
import dnd.metrics.server.database.MemoryDatabase;
import dnd.metrics.server.database.Table;
import dnd.metrics.server.database.UnspeakableError;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

class AnnouncerTest {
  private static final long NOW = 1_800_000_000_000L;

  private final ListeningHub hub = new ListeningHub();
  private final MemoryDatabase database = new MemoryDatabase();
  private final ManualClock clock = new ManualClock(NOW);
  private final List<Announcer> started = new ArrayList<>();

  private Announcer start(AlertsConfig config) {
    Announcer announcer = new Announcer(hub, database, config, clock);
    started.add(announcer);
    announcer.start(Set.of());
    boolean silencesAreKnown = announcer.awaitSilences();
    assertThat(silencesAreKnown).isEqualTo(!database.isAway());
    return announcer;
  }

  @AfterEach
  void stop() {
    started.forEach(Announcer::close);
  }

  @Test
  void anAlertIsAnnouncedOnceWhenItFiresAndOnceWhenItIsResolved() {
    Announcer announcer = start(AlertsConfig.DEFAULT);
    Alert alert = firing("a1", NOW - 5, "alertname", "Slow", "severity", "page", "service", "x");
    announcer.accept(List.of(alert));
    announcer.accept(List.of(alert));

    List<Published> published = hub.take();
    assertThat(published).hasSize(1);
    assertThat(published.getFirst().subject()).isEqualTo("alert.triggered");
    assertThat(published.getFirst().headers().first("Nats-Msg-Id")).isEqualTo("a1/triggered");
    JsonNode event = published.getFirst().json();
    assertThat(event.get("id").stringValue()).isEqualTo("a1/triggered");
    assertThat(event.get("type").stringValue()).isEqualTo("alert.triggered");
    JsonNode data = published.getFirst().data();
    assertThat(data.get("rule").stringValue()).isEqualTo("Slow");
    assertThat(data.get("severity").stringValue()).isEqualTo("page");
    assertThat(data.get("status").stringValue()).isEqualTo("firing");
    assertThat(data.get("correlation_id").stringValue()).isEqualTo("correlation-a1");
    assertThat(data.get("labels").get("service").stringValue()).isEqualTo("x");
    assertThat(data.get("annotations").get("summary").stringValue()).isEqualTo("of a1");
    assertThat(data.has("resolved_at")).isFalse();
    assertThat(data.has("receiver")).isFalse();

    announcer.accept(List.of(resolved(alert, NOW)));
    announcer.accept(List.of(resolved(alert, NOW), alert));
    List<Published> after = hub.take();
    assertThat(after).hasSize(1);
    assertThat(after.getFirst().subject()).isEqualTo("alert.resolved");
    assertThat(after.getFirst().data().get("status").stringValue()).isEqualTo("resolved");
    assertThat(after.getFirst().data().has("resolved_at")).isTrue();
  }

  @Test
  void aResolutionIsNotAnnouncedWhereNobodyHeardThatTheAlertFired() throws Exception {
    Announcer announcer = start(AlertsConfig.DEFAULT);
    announcer.accept(List.of(resolved(firing("a1", NOW - 5, "alertname", "Slow"), NOW)));
    assertThat(hub.take()).isEmpty();
    announcer.flushNotes();
    assertThat(database.rows(Table.ANNOUNCEMENTS))
        .extracting(row -> row.text("kind"))
        .containsExactly("resolved");
  }

  @Test
  void aRestartRepeatsNothingAndForgetsNothing() {
    Announcer first = start(AlertsConfig.DEFAULT);
    Alert fires = firing("fires", NOW - 5, "alertname", "Slow");
    Alert ends = firing("ends", NOW - 5, "alertname", "Slow", "x", "1");
    Alert ended = firing("ended", NOW - 5, "alertname", "Slow", "x", "2");
    first.accept(List.of(fires, ends, ended));
    first.accept(List.of(resolved(ended, NOW)));
    assertThat(hub.takeIds())
        .containsExactly("fires/triggered", "ends/triggered", "ended/triggered", "ended/resolved");
    first.close();

    Announcer second = start(AlertsConfig.DEFAULT);
    Alert isNew = firing("new", NOW - 5, "alertname", "Slow", "x", "3");
    second.accept(List.of(fires, resolved(ends, NOW), resolved(ended, NOW), isNew));
    assertThat(hub.takeIds()).containsExactly("ends/resolved", "new/triggered");
    second.accept(List.of(resolved(fires, NOW)));
    assertThat(hub.takeIds()).containsExactly("fires/resolved");
  }

  @Test
  void alertsWaitUntilItIsKnownWhatWasAnnounced() {
    start(AlertsConfig.DEFAULT).accept(List.of(firing("a", NOW - 5, "alertname", "Slow")));
    started.removeFirst().close();
    hub.take();
    database.goAway();
    Announcer announcer = start(AlertsConfig.DEFAULT);
    announcer.accept(
        List.of(
            firing("a", NOW - 5, "alertname", "Slow"),
            firing("b", NOW - 5, "alertname", "Slow", "x", "1")));
    assertThat(hub.takeIds()).isEmpty();
    database.comeBack();
    List<String> ids = new ArrayList<>();
    await().until(() -> ids.addAll(hub.takeIds()) || !ids.isEmpty());
    assertThat(ids).containsExactly("b/triggered");
  }

  @Test
  void afterARestartAlertsWaitForThoseOfAllOriginsSinceTheyMayInhibitThem() {
    AlertsConfig config =
        AlertsConfigs.parse(
            """
            inhibit_rules:
              - source_matchers: [severity="critical"]
                target_matchers: [severity="warning"]
                equal: [host]
            """);
    Alert ofARule =
        firing("rule", NOW - 5, "alertname", "Slow", "severity", "warning", "host", "a");
    Alert ofAService =
        firing("service", NOW - 9, "alertname", "Down", "severity", "critical", "host", "a");
    Announcer announcer = new Announcer(hub, database, config, clock);
    started.add(announcer);
    announcer.start(EnumSet.allOf(Origin.class));
    announcer.restore(Origin.RULES, List.of(ofARule));
    assertThat(announcer.awaitSilences()).isTrue();
    assertThat(hub.takeIds()).isEmpty();

    announcer.restore(Origin.SERVICES, List.of(ofAService));
    assertThat(announcer.awaitAlerts()).isTrue();
    assertThat(hub.takeIds()).containsExactly("service/triggered");
  }

  @Test
  void whatTheHubDoesNotTakeIsTriedAgainInOrderAndNotNotedBefore() {
    Announcer announcer = start(AlertsConfig.DEFAULT);
    Alert alert = firing("a", NOW - 5, "alertname", "Slow");
    hub.goAway(true);
    announcer.accept(List.of(alert));
    announcer.accept(List.of(resolved(alert, NOW)));
    announcer.flushNotes();
    assertThat(database.rows(Table.ANNOUNCEMENTS)).isEmpty();
    assertThat(announcer.status().unsent()).isEqualTo(2);
    hub.goAway(false);
    announcer.accept(List.of());
    assertThat(hub.takeIds()).containsExactly("a/triggered", "a/resolved");
    announcer.flushNotes();
    assertThat(database.rows(Table.ANNOUNCEMENTS))
        .extracting(row -> row.text("event_id"))
        .containsExactly("a/resolved", "a/triggered");
  }

  @Test
  void anEventThatIsTooLargeComesWithoutItsAnnotationsAndSaysSo() {
    Announcer announcer = start(AlertsConfig.DEFAULT);
    hub.limitPayload(600);
    Alert small = firing("a", NOW - 5, "alertname", "Slow");
    Alert large =
        new Alert(
            "large",
            "Slow",
            "",
            "",
            small.labels(),
            dnd.metrics.server.model.Labels.of("summary", "x".repeat(1000)),
            1,
            Alert.Status.FIRING,
            NOW,
            0,
            "c",
            "metrics_service");
    announcer.accept(List.of(large));
    JsonNode data = hub.take().getFirst().data();
    assertThat(data.get("annotations").isEmpty()).isTrue();
    assertThat(data.get("omitted").get(0).stringValue()).isEqualTo("annotations");
  }

  @Test
  void aGroupedEventCarriesReceiverAndGroup() {
    Announcer announcer =
        start(
            AlertsConfigs.parse(
                """
                route:
                  receiver: team
                  group_by: [service]
                  group_wait: 0s
                """));
    announcer.accept(List.of(firing("a", NOW, "alertname", "Slow", "service", "x")));
    Published event = hub.take().getFirst();
    assertThat(event.id()).isEqualTo("a/triggered/team");
    assertThat(event.data().get("receiver").stringValue()).isEqualTo("team");
    assertThat(event.data().get("group_key").stringValue()).isEqualTo("{}:{service=\"x\"}");
    assertThat(event.data().get("group_labels").get("service").stringValue()).isEqualTo("x");
    assertThat(event.data().get("repeat").intValue()).isZero();
  }

  static Stream<Error> errors() {
    return Stream.of(new LinkageError("for now"), new UnspeakableError());
  }

  @ParameterizedTest(name = "{index}")
  @MethodSource("errors")
  void anErrorInATurnDoesNotEndTheOthers(Error error) throws Exception {
    AtomicBoolean faulty = new AtomicBoolean();
    InstantSource failing =
        () -> {
          if (Thread.currentThread().getName().equals("announcer")
              && faulty.compareAndSet(true, false)) {
            throw error;
          }
          return Instant.now();
        };
    AlertsConfig config =
        AlertsConfigs.parse(
            """
            route:
              receiver: team
              group_by: [service]
              group_wait: 1s
            """);
    Announcer announcer = new Announcer(hub, database, config, failing);
    started.add(announcer);
    announcer.start(Set.of());
    assertThat(announcer.awaitSilences()).isTrue();
    faulty.set(true);
    long now = System.currentTimeMillis();
    announcer.accept(List.of(firing("a", now, "alertname", "Slow", "service", "x")));
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> hub.takeIds().equals(List.of("a/triggered/team")));
    assertThat(faulty).isFalse();
  }

  @Test
  void aSilenceThatIsOverIsHandedOverToBeWritten() {
    Announcer announcer = start(AlertsConfig.DEFAULT);
    Silence silence =
        new Silence(
            "s",
            List.of(dnd.metrics.server.model.Matcher.equal("alertname", "Slow")),
            NOW,
            NOW + 1000,
            "Mira",
            "why",
            NOW);
    announcer.put(List.of(silence));
    announcer.accept(List.of(firing("a", NOW, "alertname", "Slow")));
    assertThat(hub.take()).isEmpty();
    assertThat(announcer.views().getFirst().silencedBy()).containsExactly("s");
    clock.advance(1000);
    announcer.advance();
    assertThat(hub.takeIds()).containsExactly("a/triggered");
    assertThat(announcer.takeTurnedSilences()).containsExactly(silence);
    assertThat(announcer.takeTurnedSilences()).isEmpty();
    announcer.flushNotes();
    assertThat(database.rows(Table.SILENCES)).as("by one writer alone").isEmpty();
  }
}
