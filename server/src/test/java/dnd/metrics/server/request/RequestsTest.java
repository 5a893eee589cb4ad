package dnd.metrics.server.request;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.events.ErrorCode;
import dnd.metrics.events.InvalidEventException;
import dnd.metrics.events.StrictJson;
import dnd.metrics.server.database.UnspeakableError;
import dnd.metrics.server.hub.RecordingHub;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class RequestsTest {
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-11-26T10:00:00Z"));

  private final RecordingHub hub = new RecordingHub(4096);
  private final Requests requests = new Requests(hub, CLOCK, "requests-test");

  @AfterEach
  void close() {
    requests.close();
  }

  private static ObjectNode echo(Request request) throws InvalidEventException {
    ObjectNode data = StrictJson.mapper().createObjectNode();
    return data.put("by", request.service()).put("name", request.fields().requireString("name"));
  }

  private static String event(String data) {
    return "{\"type\":\"dashboard.request\",\"data\":" + data + "}";
  }

  private JsonNode replyTo(String payload) throws InterruptedException {
    hub.deliver("combat.dashboard.request", "_INBOX.1", payload);
    RecordingHub.Published published = hub.next();
    assertThat(published.subject()).isEqualTo("_INBOX.1");
    return published.json();
  }

  @Test
  void aReplyCarriesWhatTheHandlerSays() throws InterruptedException {
    requests.subscribe("dashboard.request", "dashboard.result", RequestsTest::echo);
    JsonNode reply = replyTo(event("{\"name\":\"x\",\"correlation_id\":\"c1\"}"));
    assertThat(reply.get("type").stringValue()).isEqualTo("dashboard.result");
    assertThat(reply.get("specversion").stringValue()).isEqualTo("1.0");
    assertThat(reply.get("time").stringValue()).isEqualTo("2026-11-26T10:00:00.000Z");
    assertThat(reply.get("data").toString())
        .isEqualTo(
            "{\"by\":\"combat\",\"name\":\"x\",\"status\":\"success\",\"correlation_id\":\"c1\"}");
  }

  @Test
  void withoutAReplySubjectItIsPublishedToTheAsker() throws InterruptedException {
    requests.subscribe("dashboard.request", "dashboard.result", RequestsTest::echo);
    hub.deliver("combat.dashboard.request", null, event("{\"name\":\"x\"}"));
    RecordingHub.Published published = hub.next();
    assertThat(published.subject()).isEqualTo("combat.dashboard.result");
    assertThat(published.data().get("correlation_id").stringValue()).isNotEmpty();
  }

  @Test
  void itsOwnReplyOnTheSubjectOfThePluralIsNoRequest() throws InterruptedException {
    requests.subscribe("alert.rules", "alerts.rules", RequestsTest::echo);
    hub.deliver("combat.alert.rules", null, "{\"type\":\"alert.rules\",\"data\":{\"name\":\"x\"}}");
    RecordingHub.Published reply = hub.next();
    assertThat(reply.subject()).isEqualTo("combat.alerts.rules");
    hub.deliver("combat.alert.rules", null, reply.text()); // as the twin's subscription does
    hub.deliver("combat.alert.rules", null, "{\"type\":\"alert.rules\",\"data\":{\"name\":\"y\"}}");
    assertThat(hub.next().data().get("name").stringValue()).isEqualTo("y");
  }

  /** A reply has no reply subject, and an outcome. */
  @Test
  void aRequestInThePluralIsAnsweredWhatSourceItNames() throws InterruptedException {
    requests.subscribe("alert.rules", "alerts.rules", RequestsTest::echo);
    String event = "{\"type\":\"alerts.rules\",\"source\":\"metrics_service\",\"data\":%s}";
    hub.deliver("combat.alert.rules", "_INBOX.1", event.formatted("{\"name\":\"x\"}"));
    assertThat(hub.next().data().get("name").stringValue()).isEqualTo("x");
    hub.deliver(
        "combat.alert.rules",
        "_INBOX.1",
        event.formatted("{\"name\":\"y\",\"status\":\"success\"}"));
    assertThat(hub.next().data().get("name").stringValue()).isEqualTo("y");
    hub.deliver("combat.alert.rules", null, event.formatted("{\"name\":\"z\"}"));
    assertThat(hub.next().data().get("name").stringValue()).isEqualTo("z");
  }

  @Test
  void anErrorNamesItsFieldCodeAndClass() throws InterruptedException {
    requests.subscribe("dashboard.request", "dashboard.result", RequestsTest::echo);
    JsonNode data = replyTo(event("{\"correlation_id\":\"c2\"}")).get("data");
    assertThat(data.toString())
        .isEqualTo(
            "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"data.name: is"
                + " missing\",\"code\":\"missing_field\",\"class\":\"user\",\"field\":\"data.name\","
                + "\"correlation_id\":\"c2\"}");
  }

  @Test
  void whatIsNoEventIsAnsweredToo() throws InterruptedException {
    requests.subscribe("dashboard.request", "dashboard.result", RequestsTest::echo);
    assertThat(replyTo("[]").at("/data/code").stringValue()).isEqualTo("invalid_json");
    assertThat(replyTo("{\"type\":\"x\",\"data\":{}}").at("/data/code").stringValue())
        .isEqualTo("unknown_event_type");
    assertThat(replyTo(event("{\"correlation_id\":\"\"}")).at("/data/code").stringValue())
        .isEqualTo("invalid_id");
  }

  @Test
  void aHandlerThatFailsIsAnInternalErrorAndTheNextRequestIsAnswered() throws InterruptedException {
    requests.subscribe(
        "dashboard.request",
        "dashboard.result",
        request -> {
          if (request.fields().has("bad")) {
            throw new IllegalStateException("thrown by a test");
          }
          return echo(request);
        });
    assertThat(replyTo(event("{\"bad\":1}")).at("/data/code").stringValue())
        .isEqualTo(ErrorCode.INTERNAL_ERROR.text());
    assertThat(replyTo(event("{\"name\":\"x\"}")).at("/data/status").stringValue())
        .isEqualTo("success");
  }

  @Test
  void aHandlerForWhichMemoryIsMissingIsAnInternalError() throws InterruptedException {
    requests.subscribe(
        "dashboard.request",
        "dashboard.result",
        request -> {
          if (request.fields().has("bad")) {
            throw new UnspeakableError();
          }
          return echo(request);
        });
    assertThat(replyTo(event("{\"bad\":1}")).at("/data/code").stringValue())
        .isEqualTo(ErrorCode.INTERNAL_ERROR.text());
    assertThat(replyTo(event("{\"name\":\"x\"}")).at("/data/status").stringValue())
        .isEqualTo("success");
  }

  @Test
  void anAnswerLargerThanTheHubTakesIsAnErrorThatSaysSo() throws InterruptedException {
    requests.subscribe(
        "dashboard.request",
        "dashboard.result",
        request -> StrictJson.mapper().createObjectNode().put("long", "x".repeat(5000)));
    assertThat(replyTo(event("{}")).at("/data/code").stringValue()).isEqualTo("result_too_large");
  }

  @Test
  void moreThanMayWaitAreToldSoAndTheOthersAnsweredInOrder() throws InterruptedException {
    CountDownLatch go = new CountDownLatch(1);
    requests.subscribe(
        "dashboard.request",
        "dashboard.result",
        request -> {
          try {
            go.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          return echo(request);
        });
    int sent = 1100;
    for (int i = 0; i < sent; i++) {
      hub.deliver("combat.dashboard.request", "_INBOX." + i, event("{\"name\":\"" + i + "\"}"));
    }
    assertThat(requests.run(() -> {})).isFalse();
    int refused = hub.published.size();
    assertThat(refused).isBetween(98, 100); // one may run beside the thousand that wait
    for (int i = 0; i < refused; i++) {
      assertThat(hub.next().data().get("code").stringValue()).isEqualTo("too_many_requests");
    }
    go.countDown();
    for (int i = 0; i < sent - refused; i++) {
      assertThat(hub.next().data().get("name").stringValue()).isEqualTo("" + i);
    }
  }
}
