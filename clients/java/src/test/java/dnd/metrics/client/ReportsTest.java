package dnd.metrics.client;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.events.Metric;
import dnd.metrics.events.MetricType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportsTest {
  private final HubDouble hub = new HubDouble();
  private final List<RuntimeException> errors = new ArrayList<>();
  private final MetricsClient client =
      MetricsClient.builder()
          .serviceId("dice")
          .messageHub(hub)
          .onError(errors::add)
          .buildWithoutThread();

  private List<HubDouble.Got> flushed() {
    var unused = client.flushAsync();
    client.pusher().turn();
    return hub.takeRequests();
  }

  @Test
  void sourcesGoIntoOneReport() {
    client.report(() -> List.of(new Metric("a", MetricType.GAUGE, 1, Map.of())));
    client.report(() -> List.of(new Metric("b", MetricType.GAUGE, 2, Map.of())));

    assertThat(flushed())
        .singleElement()
        .satisfies(event -> {
          assertThat(event.subject()).isEqualTo("dice.metrics.report");
          assertThat(event.text()).contains("\"a\"", "\"b\"");
        });
  }

  @Test
  void sourceThatFailsIsToldAndEndsNothing() {
    client.report(() -> List.of(new Metric("a", MetricType.GAUGE, 1, Map.of())));
    client.report(() -> {
      throw new IllegalStateException("the database is away");
    });

    assertThat(flushed()).isEmpty();
    assertThat(errors).singleElement().satisfies(e -> assertThat(e).hasMessageContaining("away"));
  }

  @Test
  void emptyRegistryDoesNotSayThatTheInstanceIsGone() {
    HubSubscription report = client.report(List::of);
    assertThat(flushed())
        .singleElement()
        .satisfies(event ->
            assertThat(event.text())
                .contains("\"name\":\"dnd_metrics_client_reported_metrics\"", "\"value\":0}"));

    report.close();
    assertThat(flushed()).isEmpty();
  }
}
