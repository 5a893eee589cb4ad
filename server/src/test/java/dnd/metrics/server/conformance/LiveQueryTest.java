package dnd.metrics.server.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Subscription;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Live queries against the service as it ships, through its hub. */
class LiveQueryTest {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @TempDir Path folder;
  private RunningService service;
  private Connection client;
  private EventSchemas schemas;

  @BeforeEach
  void start() throws Exception {
    schemas = EventSchemas.load();
    service = new RunningService(folder);
    client = Nats.connect(service.url());
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    service.close();
  }

  private JsonNode request(String subject, String data) throws Exception {
    String type = subject.substring(subject.indexOf('.') + 1);
    String event = "{\"type\":\"" + type + "\",\"data\":" + data + "}";
    Message reply = client.request(subject, event.getBytes(StandardCharsets.UTF_8), PATIENCE);
    assertThat(reply).as("a reply to %s", event).isNotNull();
    return JSON.readTree(reply.getData()).get("data");
  }

  private void push(String name, String labels, double value, double time) throws Exception {
    JsonNode reply =
        request(
            "shop.metrics.push",
            "{\"service\":\"shop\",\"timestamp\":"
                + time
                + ",\"metrics\":[{\"name\":\""
                + name
                + "\",\"type\":\"gauge\",\"value\":"
                + value
                + ",\"labels\":{"
                + labels
                + "}}]}");
    assertThat(reply.get("count").intValue()).isEqualTo(1);
  }

  private Subscription ask(String data) {
    return ask(client, data);
  }

  private static Subscription ask(Connection from, String data) {
    String inbox = from.createInbox();
    Subscription answers = from.subscribe(inbox);
    String event = "{\"type\":\"metrics.query\",\"data\":" + data + "}";
    from.publish("desk.metrics.query", inbox, event.getBytes(StandardCharsets.UTF_8));
    return answers;
  }

  private JsonNode next(Subscription answers) throws Exception {
    Message message = answers.nextMessage(PATIENCE);
    assertThat(message).as("an event").isNotNull();
    JsonNode event = JSON.readTree(message.getData());
    schemas.checkSent(event);
    return event.get("data");
  }

  private static double now() {
    return System.currentTimeMillis() / 1e3;
  }

  private static List<String> values(JsonNode data) {
    List<String> values = new ArrayList<>();
    data.get("result").forEach(series -> values.add(series.get("value").get(1).stringValue()));
    return values;
  }

  @Test
  void anInstantQueryTellsWhatChanges() throws Exception {
    push("load", "\"host\":\"a\"", 1, now());
    push("load", "\"host\":\"b\"", 2, now());
    Subscription answers = ask("{\"query\":\"load > 0\",\"live\":true,\"correlation_id\":\"l1\"}");
    JsonNode first = next(answers);
    assertThat(first.get("update").intValue()).isZero();
    assertThat(values(first)).containsExactlyInAnyOrder("1", "2");
    push("load", "\"host\":\"a\"", 5, now());
    JsonNode update = next(answers);
    assertThat(update.get("update").intValue()).isEqualTo(1);
    assertThat(values(update)).containsExactly("5");
    assertThat(update.has("gone")).isFalse();
    assertThat(update.get("correlation_id").stringValue()).isEqualTo("l1");
    push("load", "\"host\":\"b\"", -1, now());
    update = next(answers);
    assertThat(update.get("update").intValue()).isEqualTo(2);
    assertThat(update.get("result")).isEmpty();
    assertThat(update.get("gone").get(0).get("host").stringValue()).isEqualTo("b");
  }

  @Test
  void aSeriesThatAReportLacksIsGone() throws Exception {
    String metric = "{\"name\":\"up\",\"type\":\"gauge\",\"value\":1}";
    request("shop.metrics.report", "{\"service\":\"shop\",\"metrics\":[" + metric + "]}");
    Subscription answers = ask("{\"query\":\"up\",\"live\":true}");
    assertThat(values(next(answers))).containsExactly("1");
    request("shop.metrics.report", "{\"service\":\"shop\",\"metrics\":[]}");
    assertThat(next(answers).get("gone")).hasSize(1);
  }

  @Test
  void aRangeQueryTellsNewStepsAndCorrectsOldOnes() throws Exception {
    long seconds = System.currentTimeMillis() / 1000;
    push("load", "", 1, (double) (seconds - 20));
    Subscription answers =
        ask(
            "{\"query\":\"load\",\"live\":true,\"start\":"
                + (seconds - 20)
                + ",\"end\":"
                + seconds
                + ",\"step\":1}");
    JsonNode first = next(answers);
    assertThat(first.get("resultType").stringValue()).isEqualTo("matrix");
    JsonNode values = first.get("result").get(0).get("values");
    assertThat(values.size()).isGreaterThanOrEqualTo(21);
    JsonNode step = next(answers); // the clock reached the next second
    assertThat(step.get("update").intValue()).isEqualTo(1);
    JsonNode points = step.get("result").get(0).get("values");
    assertThat(points.get(0).get(0).longValue())
        .isEqualTo(values.get(values.size() - 1).get(0).longValue() + 1);
    push("load", "", 9, (double) (seconds - 5)); // late: five steps and more change
    JsonNode correction = next(answers);
    while (correction.at("/result/0/values/0/0").longValue() > seconds) { // new steps only
      correction = next(answers);
    }
    points = correction.get("result").get(0).get("values");
    assertThat(points.get(0).get(0).longValue()).isEqualTo(seconds - 5);
    assertThat(points.get(0).get(1).stringValue()).isEqualTo("9");
  }

  @Test
  void askersOfTheSameQueryGetTheSame() throws Exception {
    push("load", "", 1, now());
    Subscription one = ask("{\"query\":\"load\",\"live\":true}");
    next(one);
    Subscription two = ask("{\"query\":\" load \",\"live\":true}");
    assertThat(values(next(two))).containsExactly("1");
    push("load", "", 2, now());
    assertThat(values(next(one))).containsExactly("2");
    assertThat(values(next(two))).containsExactly("2");
  }

  @Test
  void cancelEndsIt() throws Exception {
    Subscription answers = ask("{\"query\":\"load\",\"live\":true,\"correlation_id\":\"x\"}");
    next(answers);
    JsonNode listed = request("desk.metrics.queries", "{}").get("result");
    assertThat(listed).hasSize(1);
    assertThat(listed.get(0).get("state").stringValue()).isEqualTo("live");
    JsonNode canceled = request("desk.metrics.cancel", "{\"correlation_id\":\"x\"}");
    assertThat(canceled.get("result").get("canceled").intValue()).isEqualTo(1);
    assertThat(next(answers).get("code").stringValue()).isEqualTo("query_canceled");
    awaitNoQuery();
  }

  /** Whose end was told may still be among those that run for a moment. */
  private void awaitNoQuery() {
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> request("desk.metrics.queries", "{}").get("result").isEmpty());
  }

  @Test
  void itEndsWhenNobodyListensAnyMore() throws Exception {
    Connection other = Nats.connect(service.url());
    next(ask(other, "{\"query\":\"load\",\"live\":true}"));
    next(ask("{\"query\":\"load\",\"live\":true}"));
    assertThat(request("desk.metrics.queries", "{}").get("result")).hasSize(2);
    other.close();
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> request("desk.metrics.queries", "{}").get("result").size() == 1);
  }

  @Test
  void whatCannotBeAskedLiveIsRefused() throws Exception {
    JsonNode error = next(ask("{\"query\":\"load[5m]\",\"live\":true}"));
    assertThat(error.get("error").stringValue()).contains("range vector cannot be asked for live");
    error = next(ask("{\"query\":\"sum(\",\"live\":true}"));
    assertThat(error.get("code").stringValue()).isEqualTo("invalid_query");
    assertThat(error.get("position").get("start").intValue()).isEqualTo(4);
    error = next(ask("{\"query\":\"load\",\"live\":true,\"time\":5}"));
    assertThat(error.get("code").stringValue()).isEqualTo("invalid_range");
    awaitNoQuery();
  }
}
