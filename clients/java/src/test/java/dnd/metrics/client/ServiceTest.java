package dnd.metrics.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Nats;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client against the program that ships, over a jnats connection. */
@Tag("blackbox")
class ServiceTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @TempDir static Path folder;
  private static ServiceProcess service;
  private static Connection connection;

  @BeforeAll
  static void start() throws Exception {
    service = new ServiceProcess(folder.resolve("data"));
    connection = Nats.connect(service.url());
  }

  @AfterAll
  static void stop() throws Exception {
    connection.close();
    service.close();
  }

  private static MetricsClientBuilder client(String serviceId) {
    return MetricsClient.builder().serviceId(serviceId).messageHub(connection);
  }

  @Test
  void whatIsCountedIsFoundAgain() {
    try (MetricsClient client =
        client("character_service").labels(Map.of("region", "eu")).build()) {
      client.describe("character_created_total", "Characters.", "");
      client.incCounter("character_created_total", Map.of("class", "wizard"));
      client.addCounter("character_created_total", 2.5, Map.of("class", "bard"));
      client.setGauge("character_sessions", 17);
      for (int i = 1; i <= 100; i++) {
        client.observe("save_seconds", i / 100.0);
      }
      client.flush(PATIENCE);

      QueryResult created = client.query("character_created_total");
      assertThat(created.series()).hasSize(2);
      assertThat(created.series())
          .allSatisfy(series -> {
            assertThat(series.label("service")).isEqualTo("character_service");
            assertThat(series.label("instance")).isNotEmpty();
            assertThat(series.label("region")).isEqualTo("eu");
          });
      assertThat(client.query("sum(character_created_total)").value()).isEqualTo(3.5);
      assertThat(client.query("character_sessions").value()).isEqualTo(17);
      assertThat(client.query("histogram_count(save_seconds)").value()).isEqualTo(100);
      assertThat(client.query("histogram_sum(save_seconds)").value()).isEqualTo(50.5);
      assertThat(client.query("histogram_quantile(0.5, save_seconds)").value())
          .isBetween(0.46, 0.55);
      assertThat(client.query("save_seconds").series().get(0).last().orElseThrow().histogram())
          .isPresent();
    }
  }

  @Test
  void ranges() {
    try (MetricsClient client = client("range_service").build()) {
      client.setGauge("level", 4);
      client.flush(PATIENCE);
      Instant now = Instant.now().plusSeconds(1);
      QueryResult result =
          client.queryRange("level", now.minusSeconds(60), now, Duration.ofSeconds(15));
      assertThat(result.type()).isEqualTo(QueryResult.Type.MATRIX);
      assertThat(result.value()).isEqualTo(4);
      assertThatThrownBy(() -> client.query("sum("))
          .isInstanceOfSatisfying(
              MetricsException.QueryFailed.class,
              failed -> assertThat(failed.code()).isEqualTo("invalid_query"));
    }
  }

  @Test
  void largeAnswersComeInParts() {
    try (MetricsClient client = client("large_service").batchSize(100_000).build()) {
      String padding = "x".repeat(1000);
      for (int i = 0; i < 3000; i++) {
        client.setGauge("large", i, Map.of("i", "" + i, "padding", padding));
      }
      client.flush(PATIENCE);
      QueryResult result = client.query("large");
      assertThat(result.series()).hasSize(3000);
      assertThat(client.query("sum(large)").value()).isEqualTo(2999 * 3000 / 2);
    }
  }

  @Test
  void whoIsGoneIsSeenNoMoreAndReplicasDoNotMix() {
    MetricsClient first = client("replica_service").build();
    try (MetricsClient second = client("replica_service").build()) {
      first.addCounter("jobs_total", 3);
      second.addCounter("jobs_total", 4);
      first.flush(PATIENCE);
      second.flush(PATIENCE);
      assertThat(second.query("sum(jobs_total)").value()).isEqualTo(7);

      first.close();
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(second.query("sum(jobs_total)").value()).isEqualTo(4));
    }
  }

  @Test
  void whatIsRefusedIsTold() {
    List<RejectedMetric> rejected = new CopyOnWriteArrayList<>();
    try (MetricsClient client = client("wrong_service").onRejected(rejected::add).build();
        HubSubscription report =
            client.report(() ->
                List.of(
                    new dnd.metrics.events.Metric(
                        "bad", dnd.metrics.events.MetricType.COUNTER, -1, Map.of()),
                    new dnd.metrics.events.Metric(
                        "good", dnd.metrics.events.MetricType.GAUGE, 1, Map.of())))) {
      client.flush(PATIENCE);
      assertThat(rejected)
          .singleElement()
          .satisfies(metric -> {
            assertThat(metric.name()).contains("bad");
            assertThat(metric.code()).isEqualTo("invalid_counter_value");
          });
      assertThat(client.query("good").value()).isEqualTo(1);
    }
  }

  @Test
  void liveQueryFollows() {
    List<Double> values = new CopyOnWriteArrayList<>();
    try (MetricsClient client = client("live_service").build();
        LiveQuery live =
            client.live(
                "hit_points",
                update -> {
                  if (!update.result().isEmpty()) {
                    values.add(update.result().value());
                  }
                })) {
      for (int points = 3; points > 0; points--) {
        double expected = points;
        client.setGauge("hit_points", points);
        client.flush(PATIENCE);
        await().atMost(PATIENCE).until(() -> values.contains(expected));
      }
      assertThat(new ArrayList<>(values)).containsSubsequence(3.0, 2.0, 1.0);
    }
  }

  @Test
  void connectsByItself() {
    try (MetricsClient client = MetricsClient.connect(service.url(), "own_service")) {
      Counter counter = client.counter("rolls_total", Map.of("die", "d20"));
      counter.inc();
      counter.inc();
      client.flush(PATIENCE);
      assertThat(client.query("rolls_total").value()).isEqualTo(2);
    }
    assertThatThrownBy(() -> MetricsClient.connect("nats://127.0.0.1:1", "nobody"))
        .isInstanceOf(MetricsException.HubUnavailable.class);
  }

  @Test
  void changesOfDashboardsAreTold() throws Exception {
    List<DashboardEvent> changes = new CopyOnWriteArrayList<>();
    try (MetricsClient client = client("java_screen").build();
        HubSubscription told =
            client.onDashboard(change -> {
              if (change.name().equals("java-fights")) {
                changes.add(change);
              }
            })) {
      dashboard(
          "{\"action\":\"save\",\"author\":\"mira\",\"dashboard\":{\"kind\":\"Dashboard\",\"metadata\":{\"name\":\"java-fights\",\"project\":\"default\"},"
              + "\"spec\":{\"display\":{\"name\":\"Fights\"},\"duration\":\"1h\",\"panels\":{},\"layouts\":[]}},\"correlation_id\":\"d1\"}");
      dashboard(
          "{\"action\":\"delete\",\"name\":\"java-fights\",\"base_version\":1,\"correlation_id\":\"d2\"}");
      await().atMost(PATIENCE).until(() -> changes.size() == 2);
      DashboardEvent saved = changes.get(0);
      assertThat(saved.action()).isEqualTo("saved");
      assertThat(saved.project()).isEqualTo("default");
      assertThat(saved.displayName()).isEqualTo("Fights");
      assertThat(saved.version()).hasValue(1);
      assertThat(saved.updatedBy()).isEqualTo("java_screen/mira");
      assertThat(saved.updatedAt()).isPresent();
      assertThat(saved.correlationId()).isEqualTo("d1");
      DashboardEvent deleted = changes.get(1);
      assertThat(deleted.action()).isEqualTo("deleted");
      assertThat(deleted.version()).hasValue(2);
      assertThat(deleted.correlationId()).isEqualTo("d2");
    }
  }

  private static void dashboard(String data) throws Exception {
    String event = "{\"type\":\"dashboard.request\",\"data\":" + data + "}";
    Message reply =
        connection.request(
            "java_screen.dashboard.request", event.getBytes(StandardCharsets.UTF_8), PATIENCE);
    assertThat(reply).isNotNull();
    assertThat(new String(reply.getData(), StandardCharsets.UTF_8))
        .contains("\"status\":\"success\"");
  }
}
