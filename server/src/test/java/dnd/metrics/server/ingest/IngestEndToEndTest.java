package dnd.metrics.server.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.head.Head;
import dnd.metrics.server.head.HeadOptions;
import dnd.metrics.server.head.HeadSeries;
import dnd.metrics.server.head.ReplayListener;
import dnd.metrics.server.hub.embedded.EmbeddedHub;
import dnd.metrics.server.hub.embedded.HubOptions;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.model.SampleBatch;
import dnd.metrics.server.model.SampleReader;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Subscription;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The way in with a real client, a real hub and a real log. */
class IngestEndToEndTest {
  private static final Instant NOW = Instant.parse("2026-11-24T10:00:05Z");
  private static final String SEED_EXAMPLE =
      """
      {
        "type": "metrics.push",
        "data": {
          "service": "character_service",
          "timestamp": "2026-11-24T10:00:00Z",
          "metrics": [{
            "name": "character_created_total",
            "type": "counter",
            "value": %d,
            "labels": {"class": "wizard"}
          }],
          "correlation_id": "3e9f6c6e-2f0c-4a87-8a3e-0b6d5a1c9a11"
        }
      }
      """;

  @TempDir Path folder;
  private Head head;
  private EmbeddedHub hub;
  private IngestHandler handler;
  private Connection client;

  @BeforeEach
  void start() throws Exception {
    head = Head.open(folder, HeadOptions.DEFAULT, ReplayListener.SILENT);
    hub = EmbeddedHub.start(HubOptions.defaults().withListen("127.0.0.1", 0));
    handler = new IngestHandler(hub, head, IngestLimits.DEFAULT, InstantSource.fixed(NOW));
    handler.start();
    client = Nats.connect(hub.url());
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    hub.drain();
    handler.close();
    head.close();
    hub.close();
  }

  private JsonNode ask(String subject, String payload) throws Exception {
    Message reply =
        client.request(subject, payload.getBytes(StandardCharsets.UTF_8), Duration.ofMinutes(1));
    assertThat(reply).as("a reply to %s", payload).isNotNull();
    return JsonMapper.shared().readTree(reply.getData());
  }

  @Test
  void collectsTheSeedsExample() throws Exception {
    Subscription published = client.subscribe("metrics.collected");
    JsonNode reply = ask("character_service.metrics.push", SEED_EXAMPLE.formatted(3));

    assertThat(reply.get("type").stringValue()).isEqualTo("metrics.collected");
    assertThat(reply.get("stream").stringValue()).isEqualTo("METRICS");
    assertThat(reply.get("seq").longValue()).isPositive();
    assertThat(reply.get("data").toString())
        .isEqualTo(
            "{\"service\":\"character_service\",\"count\":1,\"rejected\":[],"
                + "\"correlation_id\":\"3e9f6c6e-2f0c-4a87-8a3e-0b6d5a1c9a11\"}");
    Message event = published.nextMessage(Duration.ofMinutes(1));
    assertThat(event).isNotNull();
    assertThat(JsonMapper.shared().readTree(event.getData())).isEqualTo(reply);
    HeadSeries series = only("character_created_total");
    assertThat(series.labels().toMap())
        .containsOnly(
            java.util.Map.entry("__name__", "character_created_total"),
            java.util.Map.entry("class", "wizard"),
            java.util.Map.entry("service", "character_service"));
    assertThat(samples(series)).containsExactly("1795514400000=3.0");
  }

  @Test
  void predictsWhatRepeats() throws Exception {
    for (int i = 0; i < 10; i++) {
      String event = SEED_EXAMPLE.formatted(i).replace("10:00:00Z", "10:00:0" + i + "Z");
      JsonNode reply = ask("character_service.metrics.push", event);
      assertThat(reply.get("data").get("count").intValue()).isEqualTo(1);
    }
    assertThat(samples(only("character_created_total"))).hasSize(10);
    assertThat(handler.counters().predictedEvents()).isGreaterThanOrEqualTo(8);
  }

  /** The log could not tell it from another. */
  @Test
  void anIdWithHalfASurrogatePairIsRefused() throws Exception {
    JsonNode reply =
        ask(
            "dice.metrics.push",
            """
            {"type":"metrics.push","id":"a\\ud800","data":{"service":"dice","metrics":[
              {"name":"luck","type":"gauge","value":1}]}}
            """);
    assertThat(reply.get("type").stringValue()).isEqualTo("metrics.rejected");
    assertThat(reply.toString()).contains("invalid_utf8");
  }

  /** Whether its value is refused when it is read or when it is judged. */
  @Test
  void aCounterWhoseValueIsRefusedHasNotEnded() throws Exception {
    String report =
        """
        {"type":"metrics.report","data":{"service":"dice","timestamp":"2026-11-24T10:00:0%dZ","metrics":[
          {"name":"rolls_total","type":"counter","value":%s},{"name":"luck","type":"gauge","value":1}]}}
        """;
    ask("dice.metrics.report", report.formatted(0, "5"));
    for (String refused : List.of("-1", "\"NaN\"", "\"three\"", "true")) {
      JsonNode reply = ask("dice.metrics.report", report.formatted(1, refused));
      assertThat(reply.at("/data/rejected")).as(refused).hasSize(1);
      assertThat(samples(only("rolls_total"))).as(refused).hasSize(1);
    }
    ask("dice.metrics.report", report.replace("rolls_total", "others_total").formatted(2, "1"));
    assertThat(samples(only("rolls_total"))).hasSize(2);
  }

  /** What a client published before the push that waits for the disk is not kept back with it. */
  @Test
  void othersDoNotWaitForTheDiskWithWhoIsTooFast() throws Exception {
    CountDownLatch forced = new CountDownLatch(1);
    head.callBackTogether(callbacks -> {
      try {
        assertThat(forced.await(2, TimeUnit.MINUTES)).isTrue();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      callbacks.run();
    });
    Subscription chat = client.subscribe("chat.x");
    client.flush(Duration.ofMinutes(1));
    String push = "dice.metrics.push";
    try (Socket fast = new Socket(hub.address().getAddress(), hub.address().getPort())) {
      fast.setSoTimeout(60_000);
      BufferedReader said =
          new BufferedReader(new InputStreamReader(fast.getInputStream(), StandardCharsets.UTF_8));
      assertThat(said.readLine()).startsWith("INFO ");
      send(fast, pub(push, gauge(1_000_000)) + pub(push, gauge(100_000)) + "PING\r\n");
      assertThat(said.readLine()).as("they are under way").isEqualTo("PONG");
      send(fast, "PING\r\n" + pub("chat.x", "hi") + pub(push, gauge(1_000)));
      assertThat(said.readLine()).isEqualTo("PONG");
      assertThat(chat.nextMessage(Duration.ofMinutes(1))).isNotNull();
      send(fast, "PING\r\n");
      forced.countDown();
      assertThat(said.readLine()).isEqualTo("PONG");
    } finally {
      forced.countDown();
    }
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String pub(String subject, String payload) {
    return "PUB " + subject + " " + payload.length() + "\r\n" + payload + "\r\n";
  }

  /** A push with so many blanks in it. */
  private static String gauge(int blanks) {
    return "{\"type\":\"metrics.push\","
        + " ".repeat(blanks)
        + "\"data\":{\"service\":\"dice\",\"metrics\":[{\"name\":\"luck\",\"type\":\"gauge\",\"value\":1}]}}";
  }

  private HeadSeries only(String name) {
    List<HeadSeries> found =
        head.select(List.of(Matcher.equal("__name__", name)), 0, Long.MAX_VALUE);
    assertThat(found).hasSize(1);
    return found.get(0);
  }

  private static List<String> samples(HeadSeries series) {
    List<String> result = new java.util.ArrayList<>();
    SampleReader reader = series.read(0, Long.MAX_VALUE);
    SampleBatch batch = new SampleBatch();
    while (reader.next(batch)) {
      for (int i = 0; i < batch.size; i++) {
        result.add(batch.timestamps[i] + "=" + batch.values[i]);
      }
    }
    return result;
  }
}
