package dnd.metrics.client;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.events.StrictJson;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What an event may weigh. */
class PushSizesTest {
  private final HubDouble hub = new HubDouble();
  private final ManualClock clock = new ManualClock();
  private final List<DroppedEvent> dropped = new ArrayList<>();

  private MetricsClient client(long bufferBytes) {
    return MetricsClient.builder()
        .serviceId("dice")
        .messageHub(hub)
        .clock(clock)
        .jitter(() -> 1.0)
        .batchSize(1_000_000)
        .bufferBytes(bufferBytes)
        .onDropped(dropped::add)
        .buildWithoutThread();
  }

  private static void flush(MetricsClient client) {
    var unused = client.flushAsync();
    client.pusher().turn();
  }

  @Test
  void largePushComesInSeveralEventsThatTheHubTakes() {
    hub.maxPayloadBytes(4096);
    MetricsClient client = client(1 << 20);
    for (int i = 0; i < 500; i++) {
      client.setGauge("level", i, Map.of("hero", "hero " + i));
    }
    clock.advance(10_000);
    client.pusher().turn();

    List<HubDouble.Got> events = hub.takeRequests();
    assertThat(events).hasSizeGreaterThan(8).allMatch(event -> event.text().length() < 4096 - 500);
    double total = 0;
    String before = "";
    for (HubDouble.Got event : events) {
      JsonNode data = StrictJson.mapper().readTree(event.text()).get("data");
      assertThat(data.get("timestamp").stringValue()).isGreaterThan(before);
      before = data.get("timestamp").stringValue();
      for (JsonNode metric : data.get("metrics")) {
        total += metric.get("value").doubleValue();
      }
    }
    assertThat(total).isEqualTo(499 * 500 / 2);
    assertThat(dropped).isEmpty();
  }

  @Test
  void metricThatNoEventCanHoldIsDroppedAndCounted() {
    hub.maxPayloadBytes(1500);
    MetricsClient client = client(1 << 20);
    client.incCounter("long_total", Map.of("text", "x".repeat(4000)));
    client.incCounter("short_total");
    clock.advance(10_000);
    client.pusher().turn();
    clock.advance(10_000);
    client.pusher().turn();

    assertThat(dropped).hasSize(1);
    assertThat(dropped.get(0).reason()).contains("long_total is larger than the hub takes");
    assertThat(hub.takeRequests()).anyMatch(event -> event.text().contains("short_total"));
    assertThat(client.counter("dnd_metrics_client_dropped_events_total").value()).isEqualTo(1);
  }

  @Test
  void bytesThatWaitAreBounded() {
    hub.down();
    MetricsClient client = client(10_000);
    for (int round = 0; round < 20; round++) {
      for (int i = 0; i < 20; i++) {
        client.incCounter("c_total", Map.of("i", "" + i));
      }
      clock.advance(10_000);
      client.pusher().turn();
    }
    assertThat(dropped).hasSizeBetween(10, 19);
    hub.takeRequests();
    hub.up();
    flush(client);
    int bytes = hub.takeRequests().stream().mapToInt(event -> event.text().length()).sum();
    assertThat(bytes).isBetween(2_000, 16_000);
  }

  @Test
  void reportThatDoesNotFitGoesAsPushes() {
    hub.maxPayloadBytes(2048);
    MetricsClient client = client(1 << 20);
    try (HubSubscription report =
        client.report(() -> {
          List<dnd.metrics.events.Metric> metrics = new ArrayList<>();
          for (int i = 0; i < 50; i++) {
            metrics.add(
                new dnd.metrics.events.Metric(
                    "m" + i, dnd.metrics.events.MetricType.GAUGE, i, Map.of()));
          }
          return metrics;
        })) {
      flush(client);
      assertThat(hub.takeRequests())
          .hasSizeGreaterThan(1)
          .allMatch(event -> event.subject().equals("dice.metrics.push"));
      hub.maxPayloadBytes(1 << 20);
      flush(client);
      assertThat(hub.takeRequests())
          .singleElement()
          .satisfies(event -> assertThat(event.subject()).isEqualTo("dice.metrics.report"));
    }
    flush(client);
    assertThat(hub.takeRequests()).isEmpty();
    assertThat(client.closeAsync(Duration.ZERO)).isNotNull();
  }
}
