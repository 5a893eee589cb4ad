package dnd.metrics.server.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.events.ErrorCode;
import dnd.metrics.server.head.Head;
import dnd.metrics.server.head.HeadOptions;
import dnd.metrics.server.head.ReplayListener;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What goes beyond a limit is refused, with the limit's own code. */
class IngestLimitsTest {
  private static final IngestLimits SMALL = new IngestLimits(3, 5, 10, 20, 4, 1 << 20);

  @TempDir Path folder;
  private final DirectHub hub = new DirectHub();
  private Head head;
  private IngestHandler handler;

  @BeforeEach
  void start() throws Exception {
    HeadOptions options =
        HeadOptions.DEFAULT.withSeriesLimitPerService(4).withSenderLimitPerService(2);
    head = Head.open(folder, options, ReplayListener.SILENT);
    InstantSource clock = InstantSource.fixed(Instant.parse("2026-11-24T10:00:00Z"));
    handler = new IngestHandler(hub, head, SMALL, clock);
    handler.start();
  }

  @AfterEach
  void stop() throws Exception {
    handler.close();
    head.close();
  }

  private JsonNode push(String restOfData) throws InterruptedException {
    return send("{\"type\":\"metrics.push\",\"data\":{\"service\":\"s\"," + restOfData + "}}");
  }

  private JsonNode send(String event) throws InterruptedException {
    hub.deliver("s.metrics.push", "_INBOX.1", event.getBytes(StandardCharsets.UTF_8));
    DirectHub.Published reply = hub.replies.poll(1, TimeUnit.MINUTES);
    assertThat(reply).as("a reply to %s", event).isNotNull();
    return JsonMapper.shared().readTree(reply.text());
  }

  private static String code(JsonNode reply) {
    return reply.path("error").path("code").asString("none");
  }

  private static String gauge(String name, String labels) {
    return "{\"name\":\"%s\",\"type\":\"gauge\",\"value\":1,\"labels\":{%s}}"
        .formatted(name, labels);
  }

  @Test
  void refusesBatchesThatAreTooLarge() throws Exception {
    String one = gauge("a", "");
    JsonNode reply = push("\"metrics\":[" + (one + ",").repeat(3) + one + "]");
    assertThat(code(reply)).isEqualTo("batch_too_large");
  }

  @Test
  void refusesLongNamesAndValues() throws Exception {
    assertThat(code(push("\"metrics\":[" + gauge("elevenchars", "") + "]")))
        .isEqualTo("invalid_metric_name");
    assertThat(code(push("\"metrics\":[" + gauge("a", "\"elevenchars\":\"b\"") + "]")))
        .isEqualTo("invalid_label_name");
    String value = "\"l\":\"" + "v".repeat(21) + "\"";
    assertThat(code(push("\"metrics\":[" + gauge("a", value) + "]"))).isEqualTo("label_too_long");
    assertThat(code(push("\"metrics\":[" + gauge("a", "\"l\":\"\\ud800\"") + "]")))
        .isEqualTo("invalid_utf8");
    assertThat(code(push("\"correlation_id\":\"" + "c".repeat(257) + "\",\"metrics\":[]")))
        .isEqualTo("invalid_id");
    assertThat(code(push("\"instance\":\"" + "c".repeat(1 << 20) + "y\",\"metrics\":[]")))
        .isEqualTo("text_too_long");
  }

  /** Sent twice: what is rejected is never learned, and what fits is. */
  @Test
  void refusesLongHelpAndUnitsOfOneMetricAlone() throws Exception {
    String one = "{\"name\":\"%s\",\"type\":\"gauge\",\"value\":1,\"help\":\"%s\",\"unit\":\"%s\"}";
    String fits = one.formatted("a", "h".repeat(4096), "u".repeat(512));
    String longHelp = one.formatted("b", "h".repeat(4097), "u");
    String longUnit = one.formatted("c", "h", "u".repeat(513));
    String batch = "\"metrics\":[" + longHelp + "," + fits + "," + longUnit + "]";
    for (int i = 0; i < 2; i++) {
      JsonNode data = push(batch).get("data");
      assertThat(data.get("count").intValue()).isEqualTo(1);
      assertThat(data.get("rejected")).hasSize(2);
      assertThat(data.get("rejected").get(0).toString())
          .contains("\"index\":0", "text_too_long", "data.metrics[0].help", "4097", "4096");
      assertThat(data.get("rejected").get(1).toString())
          .contains("\"index\":2", "text_too_long", "data.metrics[2].unit", "513", "512");
    }
    assertThat(head.metadata()).containsOnlyKeys("a");
    for (int i = 0; i < 4; i++) {
      assertThat(push("\"metrics\":[" + fits + "]").get("data").get("count").intValue())
          .isEqualTo(1);
    }
    assertThat(handler.counters().predictedEvents()).isEqualTo(2);
  }

  @Test
  void refusesTooManyLabels() throws Exception {
    // Name and service are two of the five.
    String three = "\"a\":\"1\",\"b\":\"2\",\"c\":\"3\"";
    assertThat(code(push("\"metrics\":[" + gauge("a", three) + "]"))).isEqualTo("none");
    assertThat(code(push("\"metrics\":[" + gauge("a", three + ",\"d\":\"4\"") + "]")))
        .isEqualTo("too_many_labels");
    assertThat(code(push("\"labels\":{\"d\":\"4\"},\"metrics\":[" + gauge("a", three) + "]")))
        .isEqualTo("too_many_labels");
  }

  @Test
  void refusesTooManyBuckets() throws Exception {
    String histogram =
        "{\"name\":\"h\",\"type\":\"histogram\",\"value\":{\"count\":9,\"sum\":1,\"buckets\":"
            + "{\"1\":1,\"2\":2,\"3\":3,\"4\":4,\"5\":5}}}";
    assertThat(code(push("\"metrics\":[" + histogram + "]"))).isEqualTo("invalid_histogram");
  }

  @Test
  void refusesNewSeriesBeyondTheLimitAndGoesOnWithTheOld() throws Exception {
    for (int i = 0; i < 4; i++) {
      assertThat(code(push("\"metrics\":[" + gauge("m" + i, "") + "]"))).isEqualTo("none");
    }
    JsonNode full = push("\"metrics\":[" + gauge("m4", "") + "]");
    assertThat(code(full)).isEqualTo("series_limit_reached");
    assertThat(full.get("error").get("class").stringValue()).isEqualTo("resources");
    JsonNode mixed = push("\"metrics\":[" + gauge("m5", "") + "," + gauge("m0", "") + "]");
    assertThat(mixed.get("type").stringValue()).isEqualTo("metrics.collected");
    assertThat(mixed.get("data").get("count").intValue()).isEqualTo(1);
    assertThat(handler.counters().rejectedMetrics())
        .containsEntry(ErrorCode.SERIES_LIMIT_REACHED, 2L);
  }

  /**
   * Also where the event is not one that is learned, and where it says that an instance is gone.
   */
  @Test
  void refusesNewSendersBeyondTheLimitAndGoesOnWithTheOld() throws Exception {
    String one = "\"instance\":\"%s\",\"metrics\":[" + gauge("m", "") + "]";
    String timed = one.replace("\"value\"", "\"timestamp\":\"2026-11-24T10:00:00Z\",\"value\"");
    assertThat(code(push(one.formatted("a")))).isEqualTo("none");
    assertThat(code(push(timed.formatted("b")))).isEqualTo("none");
    for (String event : List.of(one, timed)) {
      JsonNode refused = push(event.formatted("c"));
      assertThat(code(refused)).isEqualTo("sender_limit_reached");
      assertThat(refused.get("error").get("class").stringValue()).isEqualTo("resources");
      assertThat(refused.get("error").get("description").stringValue())
          .contains("data.instance", "service s ", "2 instances", "limits.senders_per_service");
    }
    hub.deliver(
        "s.metrics.report",
        "_INBOX.1",
        "{\"type\":\"metrics.report\",\"data\":{\"service\":\"s\",\"instance\":\"c\",\"metrics\":[]}}"
            .getBytes(StandardCharsets.UTF_8));
    assertThat(hub.replies.poll(1, TimeUnit.MINUTES).text()).contains("sender_limit_reached");
    for (int i = 0; i < 4; i++) { // of which some are predicted
      assertThat(code(push(one.formatted("a")))).isEqualTo("none");
      assertThat(code(push(timed.formatted("b")))).isEqualTo("none");
    }
    assertThat(handler.counters().predictedEvents()).isPositive();
    assertThat(handler.counters().rejectedBatches())
        .containsEntry(ErrorCode.SENDER_LIMIT_REACHED, 3L);
    assertThat(head.status().senders()).isEqualTo(2);
  }

  @Test
  void answersOnTheServicesSubjectWithoutAReplySubject() throws Exception {
    hub.deliver(
        "s.metrics.push",
        null,
        "{\"type\":\"metrics.push\",\"data\":{\"service\":\"s\",\"metrics\":[]}}"
            .getBytes(StandardCharsets.UTF_8));
    assertThat(hub.announced.poll(1, TimeUnit.MINUTES).subject()).isEqualTo("s.metrics.collected");
    assertThat(hub.announced.poll(1, TimeUnit.MINUTES).subject()).isEqualTo("metrics.collected");
    hub.deliver("s.metrics.push", null, new byte[0]);
    assertThat(hub.announced.poll(1, TimeUnit.MINUTES).subject()).isEqualTo("s.metrics.rejected");
    assertThat(hub.announced.poll(1, TimeUnit.MINUTES).subject()).isEqualTo("metrics.rejected");
  }

  @Test
  void listsAsManyRejectedMetricsAsFitIntoAMessage() throws Exception {
    handler.close();
    handler =
        new IngestHandler(
            hub,
            head,
            IngestLimits.DEFAULT,
            InstantSource.fixed(Instant.parse("2026-11-24T10:00:00Z")));
    handler.start();
    String bad = "{\"name\":\"%s\"}".formatted("n".repeat(110));
    StringBuilder metrics = new StringBuilder(bad);
    for (int i = 1; i < 8000; i++) {
      metrics.append(',').append(bad);
    }
    JsonNode reply = push("\"metrics\":[" + metrics + "]");
    int listed = reply.get("data").get("rejected").size();
    assertThat(listed).isBetween(1000, 7999);
    assertThat(listed + reply.get("data").get("rejected_omitted").intValue()).isEqualTo(8000);
  }
}
