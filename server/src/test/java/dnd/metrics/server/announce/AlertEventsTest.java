package dnd.metrics.server.announce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dnd.metrics.events.Timestamps;
import dnd.metrics.server.announce.route.AlertsConfig;
import dnd.metrics.server.database.Change;
import dnd.metrics.server.database.MemoryDatabase;
import dnd.metrics.server.database.Row;
import dnd.metrics.server.database.Table;
import dnd.metrics.server.hub.RecordingHub;
import dnd.metrics.server.hub.RecordingHub.Published;
import dnd.metrics.server.model.Labels;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Silences and reported alerts, from the event to the table. */
class AlertEventsTest {
  private static final long NOW = 1_800_000_000_000L;

  /** Ends no more than a thousand alerts in one write. */
  private static final class BoundedDatabase extends MemoryDatabase {
    @Override
    public synchronized void write(List<Change> changes) throws IOException {
      long ends =
          changes.stream()
              .filter(change ->
                  change instanceof Change.Put put
                      && put.table().equals(Table.ALERTS)
                      && put.row().text("status").equals("resolved"))
              .count();
      if (ends > 1000) {
        throw new IllegalArgumentException("a write of " + ends + " ends");
      }
      super.write(changes);
    }
  }

  private final RecordingHub hub = new RecordingHub(1 << 20);
  private final MemoryDatabase database = new BoundedDatabase();
  private final ManualClock clock = new ManualClock(NOW);
  private Announcer announcer;
  private AlertEvents events;

  @BeforeEach
  void start() {
    announcer = new Announcer(hub, database, AlertsConfig.DEFAULT, clock);
    announcer.start(Set.of(Origin.SERVICES));
    AlertView waits =
        AlertView.pending(
            "Waits", Labels.of("alertname", "Waits"), Labels.empty(), 2, NOW - 1, "g", "f", "m");
    events =
        new AlertEvents(
            hub, database, announcer, AlertsConfig.DEFAULT, clock, () -> List.of(waits));
    events.start();
    assertThat(announcer.awaitAlerts()).isTrue(); // what was before a restart is known, at its time
  }

  @AfterEach
  void stop() {
    events.close();
    announcer.close();
  }

  private void restart() {
    stop();
    hub.close();
    hub.published.clear();
    start();
  }

  private void deliver(String subject, String data) {
    String type = subject.substring(subject.indexOf('.') + 1);
    hub.deliver(
        subject,
        "inbox",
        "{\"type\": \"" + type + "\", \"data\": " + data.replace('\'', '"') + "}");
  }

  private JsonNode ask(String subject, String data) throws InterruptedException {
    deliver(subject, data);
    for (Published next = hub.next(); ; next = hub.next()) {
      if (next.subject().equals("inbox")) {
        return next.data();
      }
      announced.add(next);
    }
  }

  private final List<Published> announced = new ArrayList<>();

  /** The subjects and rules of what was announced since this was asked last. */
  private List<String> announced() {
    hub.published.drainTo(announced);
    List<String> texts =
        announced.stream()
            .map(each -> each.subject() + " " + each.data().get("rule").stringValue())
            .toList();
    announced.clear();
    return texts;
  }

  private static String time(long offsetMillis) {
    return Timestamps.format(NOW + offsetMillis);
  }

  @Test
  void aReportedAlertIsStoredAnnouncedListedAndEnded() throws Exception {
    JsonNode reply =
        ask(
            "shop.alert.status",
            "{'alerts': [{'name': 'Full', 'status': 'firing', 'labels': {'disk': 'a', 'service':"
                + " 'x'}, 'annotations': {'summary': 's'}, 'value': 3, 'started_at': '"
                + time(-60_000)
                + "'}],"
                + " 'correlation_id': 'c1'}");
    assertThat(reply.get("status").stringValue()).isEqualTo("success");
    assertThat(reply.get("accepted").intValue()).isEqualTo(1);
    assertThat(announced()).containsExactly("alert.triggered Full");
    Row row = database.rows(Table.ALERTS).getFirst();
    assertThat(row.text("status")).isEqualTo("firing");
    assertThat(row.text("source")).isEqualTo("shop");
    assertThat(row.text("correlation_id")).isEqualTo("c1");

    JsonNode list = ask("any.alert.status", "{}");
    JsonNode alert = list.get("alerts").get(0);
    assertThat(alert.get("name").stringValue()).isEqualTo("Full");
    assertThat(alert.get("status").stringValue()).isEqualTo("firing");
    assertThat(alert.get("state").stringValue()).isEqualTo("active");
    assertThat(alert.get("started_at").stringValue()).isEqualTo(time(-60_000));
    assertThat(alert.get("labels").get("service").stringValue()).isEqualTo("shop");
    assertThat(alert.get("labels").get("exported_service").stringValue()).isEqualTo("x");
    assertThat(alert.get("value").intValue()).isEqualTo(3);

    ask(
        "shop.alert.status",
        "{'alerts': [{'name': 'Full', 'labels': {'disk': 'a', 'service': 'x'}}]}");
    assertThat(announced()).isEmpty();
    ask(
        "shop.alert.status",
        "{'alerts': [{'name': 'Full', 'status': 'resolved', 'labels': {'disk': 'a', 'service':"
            + " 'x'}}]}");
    assertThat(announced()).containsExactly("alert.resolved Full");
    assertThat(database.rows(Table.ALERTS).getFirst().text("status")).isEqualTo("resolved");
    assertThat(ask("any.alert.status", "{}").get("total").intValue()).isZero();
  }

  @Test
  void pendingAlertsAreListedWhereOneAsksForThem() throws Exception {
    assertThat(ask("any.alert.status", "{}").get("total").intValue()).isZero();
    JsonNode alert = ask("any.alert.status", "{'pending': true}").get("alerts").get(0);
    assertThat(alert.get("status").stringValue()).isEqualTo("pending");
    assertThat(
            ask("any.alert.status", "{'pending': true, 'matchers': ['alertname=x']}")
                .get("total")
                .intValue())
        .isZero();
  }

  @Test
  void anAlertThatIsNotReportedAgainEndsByItself() throws Exception {
    ask(
        "shop.alert.status",
        "{'alerts': [{'name': 'A'}, {'name': 'B', 'expires': '1m'}, {'name': 'C', 'ends_at': '"
            + time(3_600_000)
            + "'}]}");
    announced();
    clock.advance(60_000);
    await().until(() -> announced().equals(List.of("alert.resolved B")));
    clock.advance(240_000);
    await().until(() -> announced().equals(List.of("alert.resolved A")));
    Row row = database.read(Table.ALERTS, Map.of("rule", "A")).getFirst();
    assertThat(row.timeMillis("resolved_at")).isEqualTo(NOW + 300_000);
    restart();
    clock.advance(3_300_000);
    await().until(() -> announced().equals(List.of("alert.resolved C")));
  }

  @Test
  void anAlertEndsAlsoAfterSoManyRequestsThatThereWasNoRoomToLook() throws Exception {
    ask("shop.alert.status", "{'alerts': [{'name': 'A'}]}");
    announced();
    int questions = 1100; // more than may wait
    synchronized (database) { // which the report waits for, and the questions behind it
      deliver("shop.alert.status", "{'alerts': [{'name': 'B', 'expires': '1h'}]}");
      for (int i = 0; i < questions; i++) {
        deliver("any.alert.status", "{}");
      }
      events.look();
    }
    for (int replies = 0; replies < 1 + questions; ) {
      replies += hub.next().subject().equals("inbox") ? 1 : 0;
    }
    clock.advance(300_000);
    await().until(() -> announced().equals(List.of("alert.resolved A")));
  }

  @Test
  void reportedAlertsSurviveARestartAndAreNotAnnouncedAgain() throws Exception {
    ask(
        "shop.alert.status",
        "{'alerts': [{'name': 'A', 'expires': '1h'}, {'name': 'B', 'expires': '1h'}]}");
    assertThat(announced()).containsExactly("alert.triggered A", "alert.triggered B");
    restart();
    assertThat(ask("any.alert.status", "{}").get("total").intValue()).isEqualTo(2);
    ask(
        "shop.alert.status",
        "{'alerts': [{'name': 'A', 'expires': '1h'}, {'name': 'B', 'status': 'resolved'}]}");
    assertThat(announced()).containsExactly("alert.resolved B");
    assertThat(database.rows(Table.ALERTS)).hasSize(2);
  }

  @Test
  void whatIsWrongWithAnAlertIsSaidAndTheOthersAreTaken() throws Exception {
    JsonNode reply =
        ask(
            "shop.alert.status",
            "{'alerts': [{'name': 'Good'}, {'labels': {}}, {'name': 'Bad', 'status': 'maybe'},"
                + " {'name': 'Bad', 'labels': {'alertname': 'Other'}}, 'text',"
                + " {'name': 'Bad', 'labels': {'a': 1}}]}");
    assertThat(reply.get("accepted").intValue()).isEqualTo(1);
    assertThat(announced()).containsExactly("alert.triggered Good");
    JsonNode rejected = reply.get("rejected");
    assertThat(rejected).hasSize(5);
    assertThat(rejected.get(0).get("index").intValue()).isEqualTo(1);
    assertThat(rejected.get(0).get("code").stringValue()).isEqualTo("missing_field");
    assertThat(rejected.get(1).get("reason").stringValue())
        .isEqualTo("data.alerts[2].status: must be firing or resolved");
    assertThat(rejected.get(2).get("code").stringValue()).isEqualTo("invalid_alert");
    assertThat(rejected.get(3).get("code").stringValue()).isEqualTo("wrong_type");
    assertThat(rejected.get(4).get("reason").stringValue())
        .isEqualTo("data.alerts[5].labels.a: must be a string");

    JsonNode other = ask("shop.alert.status", "{'service': 'bank', 'alerts': []}");
    assertThat(other.get("code").stringValue()).isEqualTo("service_mismatch");
    JsonNode ours = ask("metrics_service.alert.status", "{'alerts': [{'name': 'A'}]}");
    assertThat(ours.get("code").stringValue()).isEqualTo("service_mismatch");
  }

  @Test
  void whatIsNotOnDiskIsNotAcknowledged() throws Exception {
    database.breakDisk(true);
    JsonNode reply = ask("shop.alert.status", "{'alerts': [{'name': 'A'}]}");
    assertThat(reply.get("code").stringValue()).isEqualTo("storage_unavailable");
    assertThat(announced()).isEmpty();
    JsonNode silence =
        ask("me.alert.silence", "{'action': 'save', 'matchers': ['a=b'], 'duration': '1h'}");
    assertThat(silence.get("code").stringValue()).isEqualTo("storage_unavailable");
  }

  @Test
  void aSilenceIsSavedListedEditedAndExpired() throws Exception {
    JsonNode saved =
        ask(
            "me.alert.silence",
            "{'action': 'save', 'matchers': ['alertname=A', 'disk=~\\\"a|b\\\"'], 'duration': '2h',"
                + " 'comment': 'works'}");
    String id = saved.get("silence_id").stringValue();
    assertThat(saved.get("silence").get("state").stringValue()).isEqualTo("active");
    assertThat(saved.get("silence").get("created_by").stringValue()).isEqualTo("me");
    assertThat(saved.get("silence").get("ends_at").stringValue()).isEqualTo(time(7_200_000));
    ask(
        "shop.alert.status",
        "{'alerts': [{'name': 'A', 'labels': {'disk': 'b'}, 'expires': '9h'}]}");
    assertThat(announced()).isEmpty();
    JsonNode suppressed = ask("any.alert.status", "{'matchers': ['disk=b']}").get("alerts").get(0);
    assertThat(suppressed.get("state").stringValue()).isEqualTo("suppressed");
    assertThat(suppressed.get("silenced_by").get(0).stringValue()).isEqualTo(id);

    JsonNode longer =
        ask(
            "me.alert.silence",
            "{'action': 'save', 'id': '" + id + "', 'ends_at': '" + time(9_000_000) + "'}");
    assertThat(longer.get("silence_id").stringValue()).isEqualTo(id);
    JsonNode other =
        ask(
            "me.alert.silence",
            "{'action': 'save', 'id': '" + id + "', 'matchers': ['alertname=B']}");
    String otherId = other.get("silence_id").stringValue();
    assertThat(otherId).isNotEqualTo(id);
    await().until(() -> announced().equals(List.of("alert.triggered A")));

    restart();
    JsonNode list = ask("me.alert.silence", "{'expired': true}");
    assertThat(list.get("total").intValue()).isEqualTo(2);
    assertThat(list.get("silences").get(0).get("id").stringValue()).isEqualTo(id);
    assertThat(list.get("silences").get(0).get("state").stringValue()).isEqualTo("expired");
    assertThat(list.get("silences").get(1).get("comment").stringValue()).isEqualTo("works");
    assertThat(ask("me.alert.silence", "{}").get("total").intValue()).isEqualTo(1);
    assertThat(ask("me.alert.silence", "{'matchers': ['alertname=A']}").get("total").intValue())
        .isZero();

    JsonNode expired = ask("me.alert.silence", "{'action': 'expire', 'id': '" + otherId + "'}");
    assertThat(expired.get("silences").get(0).get("state").stringValue()).isEqualTo("expired");
    assertThat(ask("me.alert.silence", "{}").get("total").intValue()).isZero();
  }

  @Test
  void aSilenceThatIsNoneIsRefused() throws Exception {
    assertThat(code("{'action': 'save', 'duration': '1h'}")).isEqualTo("missing_field");
    assertThat(code("{'action': 'save', 'matchers': ['a=b']}")).isEqualTo("missing_field");
    assertThat(code("{'action': 'save', 'matchers': ['a=~\\\".*\\\"'], 'duration': '1h'}"))
        .isEqualTo("invalid_silence");
    assertThat(code("{'action': 'save', 'matchers': ['a=b'], 'duration': '0s'}"))
        .isEqualTo("invalid_silence");
    assertThat(code("{'action': 'save', 'matchers': ['a=b'], 'ends_at': '" + time(-1) + "'}"))
        .isEqualTo("invalid_silence");
    assertThat(code("{'action': 'save', 'matchers': ['nonsense'], 'duration': '1h'}"))
        .isEqualTo("invalid_matcher");
    assertThat(code("{'action': 'save', 'id': 'x', 'matchers': ['a=b'], 'duration': '1h'}"))
        .isEqualTo("silence_not_found");
    assertThat(code("{'action': 'expire', 'id': 'x'}")).isEqualTo("silence_not_found");
    assertThat(code("{'action': 'dance'}")).isEqualTo("unknown_action");
    assertThat(database.rows(Table.SILENCES)).isEmpty();
  }

  private String code(String data) throws InterruptedException {
    return ask("me.alert.silence", data).get("code").stringValue();
  }

  @Test
  void longListsComeInPages() throws Exception {
    StringBuilder alerts = new StringBuilder();
    for (int i = 0; i < 25; i++) {
      alerts
          .append(i == 0 ? "" : ",")
          .append("{'name': 'A', 'labels': {'i': '")
          .append(i)
          .append("'}}");
    }
    ask("shop.alert.status", "{'alerts': [" + alerts + "]}");
    int seen = 0;
    String after = "";
    do {
      JsonNode page = ask("any.alert.status", "{'limit': 10, 'after': '" + after + "'}");
      assertThat(page.get("total").intValue()).isEqualTo(25);
      seen += page.get("alerts").size();
      after = page.has("next") ? page.get("next").stringValue() : "";
    } while (!after.isEmpty());
    assertThat(seen).isEqualTo(25);
  }

  @Test
  void whatWasRefusedDoesNotStayInTheTablesWhereItComesTrueLater() throws Exception {
    ask("shop.alert.status", "{'alerts': [{'name': 'Old', 'expires': '1h'}]}");
    String saved =
        ask("me.alert.silence", "{'action': 'save', 'matchers': ['a=b'], 'duration': '1h'}")
            .get("silence_id")
            .stringValue();
    announcer.flushNotes();
    database.breakDiskForNow();
    ask(
        "shop.alert.status",
        "{'alerts': [{'name': 'New'}, {'name': 'Old', 'status': 'resolved'}]}");
    assertThat(code("{'action': 'save', 'matchers': ['a=c'], 'duration': '1h'}"))
        .isEqualTo("storage_unavailable");
    assertThat(code("{'action': 'expire', 'id': '" + saved + "'}"))
        .isEqualTo("storage_unavailable");
    database.breakDisk(false);
    await()
        .untilAsserted(() -> {
          assertThat(database.rows(Table.ALERTS))
              .extracting(row -> row.text("rule") + " " + row.text("status"))
              .containsExactly("Old firing");
          assertThat(database.rows(Table.SILENCES))
              .extracting(row -> row.text("id") + " " + row.timeMillis("ends_at"))
              .containsExactly(saved + " " + (NOW + 3_600_000));
        });
    announced();
    restart();
    assertThat(ask("any.alert.status", "{}").get("total").intValue()).isEqualTo(1);
    assertThat(ask("me.alert.silence", "{}").get("total").intValue()).isEqualTo(1);
    assertThat(announced()).isEmpty();
  }

  @Test
  void whatIsTriedAgainIsThereOnce() throws Exception {
    database.breakDiskForNow();
    String silence = "{'action': 'save', 'matchers': ['a=c'], 'duration': '1h'}";
    assertThat(code(silence)).isEqualTo("storage_unavailable");
    ask("shop.alert.status", "{'alerts': [{'name': 'A'}]}");
    database.breakDisk(false);
    ask("me.alert.silence", silence);
    ask("shop.alert.status", "{'alerts': [{'name': 'A'}]}");
    assertThat(database.rows(Table.SILENCES)).hasSize(1);
    assertThat(database.rows(Table.ALERTS)).hasSize(1);
  }

  @Test
  void ofTwoRowsOfOneAlertTheOneIsKeptThatSomebodyHeardOf() throws Exception {
    ask("shop.alert.status", "{'alerts': [{'name': 'A', 'expires': '1h'}]}");
    assertThat(announced()).containsExactly("alert.triggered A");
    announcer.flushNotes();
    Row row = database.rows(Table.ALERTS).getFirst();
    Row ghost = row.with().text("id", "0-ghost").build();
    database.write(List.of(new Change.Put(Table.ALERTS, ghost)));
    restart();
    assertThat(ask("any.alert.status", "{}").get("total").intValue()).isEqualTo(1);
    assertThat(announced()).isEmpty();
    await().until(() -> database.rows(Table.ALERTS).equals(List.of(row)));
    ask("shop.alert.status", "{'alerts': [{'name': 'A', 'status': 'resolved'}]}");
    assertThat(announced()).containsExactly("alert.resolved A");
  }

  @Test
  void afterAnOutageServicesHaveTimeToReportTheirAlertsAgain() throws Exception {
    ask(
        "shop.alert.status",
        "{'alerts': [{'name': 'A', 'expires': '1m'}, {'name': 'B', 'expires': '1m'}]}");
    announced();
    stop();
    hub.close();
    hub.published.clear();
    clock.advance(600_000);
    start();
    assertThat(ask("any.alert.status", "{}").get("total").intValue()).isEqualTo(2);
    ask("shop.alert.status", "{'alerts': [{'name': 'A', 'expires': '1h'}]}");
    assertThat(announced()).isEmpty();
    clock.advance(60_000);
    await().until(() -> announced().equals(List.of("alert.resolved B")));
    Row row = database.read(Table.ALERTS, Map.of("rule", "B")).getFirst();
    assertThat(row.timeMillis("resolved_at")).isEqualTo(NOW + 60_000);
  }

  @Test
  void moreAlertsEndThanGoIntoOneWrite() throws Exception {
    StringBuilder alerts = new StringBuilder("{'name': 'A'}");
    for (int i = 0; i < 2500; i++) {
      alerts.append(", {'name': 'A', 'labels': {'i': '").append(i).append("'}}");
    }
    ask("shop.alert.status", "{'alerts': [" + alerts + "]}");
    announced();
    clock.advance(300_000);
    await()
        .untilAsserted(() ->
            assertThat(database.rows(Table.ALERTS))
                .allMatch(row -> row.text("status").equals("resolved")));
  }

  @Test
  void anAlertMayStayForLongerThanThereAreTimes() throws Exception {
    JsonNode reply =
        ask("shop.alert.status", "{'alerts': [{'name': 'A', 'expires': '20000y'}, {'name': 'B'}]}");
    assertThat(reply.get("accepted").intValue()).isEqualTo(2);
  }

  @Test
  void aSilenceThatBeginsOrEndsIsNotedSoWithTheEndThatItHas() throws Exception {
    String id =
        ask(
                "me.alert.silence",
                "{'action': 'save', 'matchers': ['a=b'], 'starts_at': '"
                    + time(1000)
                    + "', 'ends_at': '"
                    + time(60_000)
                    + "'}")
            .get("silence_id")
            .stringValue();
    clock.advance(1000);
    announcer.advance();
    ask(
        "me.alert.silence",
        "{'action': 'save', 'id': '" + id + "', 'ends_at': '" + time(30_000) + "'}");
    await()
        .untilAsserted(() -> {
          Row row = database.rows(Table.SILENCES).getFirst();
          assertThat(row.text("status")).isEqualTo("active");
          assertThat(row.timeMillis("ends_at")).isEqualTo(NOW + 30_000);
        });
    clock.advance(30_000);
    announcer.advance();
    await().until(() -> database.rows(Table.SILENCES).getFirst().text("status").equals("expired"));
  }
}
