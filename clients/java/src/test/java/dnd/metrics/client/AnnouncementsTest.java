package dnd.metrics.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class AnnouncementsTest {
  private final HubDouble hub = new HubDouble();
  private final List<RuntimeException> errors = new ArrayList<>();
  private final MetricsClient client =
      MetricsClient.builder()
          .serviceId("pager")
          .messageHub(hub)
          .onError(errors::add)
          .buildWithoutThread();

  private static String triggered(String id) {
    return "{\"type\":\"alert.triggered\",\"specversion\":\"1.0\",\"id\":\""
        + id
        + "\",\"source\":\"metrics_service\",\"time\":\"2026-11-24T10:00:00Z\",\"data\":{\"rule\":\"TooManyFumbles\","
        + "\"severity\":\"page\",\"status\":\"firing\",\"labels\":{\"alertname\":\"TooManyFumbles\"},"
        + "\"annotations\":{\"summary\":\"ouch\"},\"value\":3.5,\"started_at\":\"2026-11-24T09:59:00Z\","
        + "\"correlation_id\":\"c1\"}}";
  }

  @Test
  void alertsReachTheCallbackOnce() {
    List<AlertEvent> alerts = new ArrayList<>();
    HubSubscription subscription = client.onAlert(alerts::add);
    hub.deliver("alert.triggered", triggered("a1"));
    hub.deliver("alert.triggered", triggered("a1"));
    hub.deliver(
        "alert.resolved",
        "{\"type\":\"alert.resolved\",\"id\":\"a2\",\"data\":{\"rule\":\"TooManyFumbles\",\"correlation_id\":\"c2\"}}");

    assertThat(alerts).hasSize(2);
    AlertEvent alert = alerts.get(0);
    assertThat(alert.firing()).isTrue();
    assertThat(alert.rule()).isEqualTo("TooManyFumbles");
    assertThat(alert.severity()).isEqualTo("page");
    assertThat(alert.annotations()).containsEntry("summary", "ouch");
    assertThat(alert.value()).isEqualTo(3.5);
    assertThat(alert.startedAt()).contains(Instant.parse("2026-11-24T09:59:00Z"));
    assertThat(alert.correlationId()).isEqualTo("c1");
    assertThat(alerts.get(1).firing()).isFalse();

    subscription.close();
    hub.deliver("alert.triggered", triggered("a3"));
    assertThat(alerts).hasSize(2);
    assertThat(hub.listeners()).isZero();
  }

  @Test
  void callbackThatFailsAndEventThatIsNoneHarmNothing() {
    List<String> rules = new ArrayList<>();
    client.onAlert(alert -> {
      rules.add(alert.rule());
      throw new IllegalStateException("on purpose");
    });
    hub.deliver("alert.triggered", triggered("a1"));
    hub.deliver("alert.triggered", "{\"type\":\"alert.triggered\",\"data\":{}}");
    hub.deliver("alert.triggered", triggered("a2"));

    assertThat(rules).hasSize(2);
    assertThat(errors).singleElement().satisfies(e -> assertThat(e).hasMessageContaining("rule"));
  }

  @Test
  void dashboards() {
    List<DashboardEvent> dashboards = new ArrayList<>();
    client.onDashboard(dashboards::add);
    String json =
        """
        {"type": "dashboard.updated", "id": "d1", "data": {"action": "saved", "project": "dnd", "name": "combat",
         "display_name": "Combat", "version": 3, "updated_by": "dm_screen/mira", "updated_at": "2026-11-26T10:00:00Z",
         "correlation_id": "c"}}\
        """;
    String sparse =
        "{\"type\":\"dashboard.updated\",\"id\":\"d2\",\"data\":{\"correlation_id\":\"c2\"}}";
    hub.deliver("dashboard.updated", json);

    hub.deliver("dashboard.updated", sparse);

    assertThat(dashboards)
        .containsExactly(
            new DashboardEvent(
                "d1",
                "saved",
                "dnd",
                "combat",
                "Combat",
                OptionalLong.of(3),
                "dm_screen/mira",
                Optional.of(Instant.parse("2026-11-26T10:00:00Z")),
                "c",
                json),
            new DashboardEvent(
                "d2", "", "", "", "", OptionalLong.empty(), "", Optional.empty(), "c2", sparse));
  }
}
