package dnd.metrics.client;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.events.StrictJson;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What a flush and the end do about events that had to go: all series are told once more. */
class FlushGapTest {
  private static final List<String> NAMES = List.of("first", "second", "third", "fourth");

  private final HubDouble hub = new HubDouble();
  private final ManualClock clock = new ManualClock();
  private final MetricsClient client =
      MetricsClient.builder()
          .serviceId("dice")
          .messageHub(hub)
          .clock(clock)
          .jitter(() -> 1.0)
          .repeatInterval(Duration.ofHours(1))
          .bufferEvents(2)
          .buildWithoutThread();

  private void pass(long millis) {
    clock.advance(millis);
    client.pusher().turn();
  }

  /** Four gauges, of which all events but the last two had to go. */
  private void overflow() {
    hub.down();
    for (String name : NAMES) {
      client.setGauge(name, 4);
      pass(10_000);
    }
    hub.up();
    hub.takeRequests();
  }

  /** A flush of a gauge whose event has to go before the hub is there. */
  private CompletableFuture<Void> flushOfWhatHadToGo(Consumer<CompletableFuture<Void>> meanwhile) {
    hub.down();
    client.setGauge("first", 4);
    CompletableFuture<Void> flush = client.flushAsync();
    client.pusher().turn();
    meanwhile.accept(flush);
    for (int number = 0; number < 4; number++) {
      client.setGauge("second", number);
      pass(10_000);
    }
    hub.up();
    hub.takeRequests();
    pass(60_000);
    return flush;
  }

  /** What metrics came to, as the events tell that the hub was given. */
  private Map<String, Double> values() {
    Map<String, Double> values = new TreeMap<>();
    for (HubDouble.Got event : hub.takeRequests()) {
      for (JsonNode metric : StrictJson.mapper().readTree(event.text()).at("/data/metrics")) {
        values.put(metric.get("name").stringValue(), metric.get("value").doubleValue());
      }
    }
    values.remove("dnd_metrics_client_dropped_events_total");
    return values;
  }

  @Test
  void flushTellsWhatWentWithAnEvent() throws Exception {
    overflow();
    CompletableFuture<Void> flush = client.flushAsync();
    pass(1);
    flush.get(1, TimeUnit.MINUTES);
    assertThat(values()).containsOnlyKeys(NAMES);
    CompletableFuture<Void> again = client.flushAsync();
    pass(1);
    again.get(1, TimeUnit.MINUTES);
    assertThat(values()).as("nothing is missing any more").isEmpty();
  }

  @Test
  void closeTellsWhatWentWithAnEvent() throws Exception {
    overflow();
    CompletableFuture<Void> close = client.closeAsync(Duration.ofMinutes(1));
    pass(1);
    close.get(1, TimeUnit.MINUTES);
    assertThat(values()).containsOnlyKeys(NAMES);
  }

  @Test
  void flushWhoseEventWentIsNotOver() throws Exception {
    CompletableFuture<Void> flush = flushOfWhatHadToGo(underWay -> {});
    flush.get(1, TimeUnit.MINUTES);
    assertThat(values()).containsEntry("first", 4.0);
  }

  @Test
  void nothingIsPushedForAFlushThatWasGivenUp() throws Exception {
    assertThat(flushOfWhatHadToGo(underWay -> underWay.cancel(false))).isCancelled();
    assertThat(values()).doesNotContainKey("first");
    CompletableFuture<Void> another = client.flushAsync();
    pass(1);
    another.get(1, TimeUnit.MINUTES);
    assertThat(values()).containsEntry("first", 4.0);
  }
}
