package dnd.metrics.server.announce;

import static dnd.metrics.server.announce.AlertExamples.firing;
import static dnd.metrics.server.announce.AlertExamples.resolved;
import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.announce.ListeningHub.Published;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class AnnouncerTest {
  private static final long NOW = 1_800_000_000_000L;

  private final ListeningHub hub = new ListeningHub();
  private final Announcer announcer =
      new Announcer(hub, InstantSource.fixed(Instant.ofEpochMilli(NOW)));

  @Test
  void anAlertIsAnnouncedOnceWhenItFiresAndOnceWhenItIsResolved() {
    Alert alert = firing("a1", NOW - 5, "alertname", "Slow", "severity", "page", "service", "x");
    announcer.accept(List.of(alert));
    announcer.accept(List.of(alert));

    List<Published> published = hub.take();
    assertThat(published).hasSize(1);
    assertThat(published.getFirst().subject()).isEqualTo("alert.triggered");
    assertThat(published.getFirst().headers().first("Nats-Msg-Id")).isEqualTo("a1/triggered");
    JsonNode event = published.getFirst().json();
    assertThat(event.get("id").stringValue()).isEqualTo("a1/triggered");
    assertThat(event.get("type").stringValue()).isEqualTo("alert.triggered");
    JsonNode data = published.getFirst().data();
    assertThat(data.get("rule").stringValue()).isEqualTo("Slow");
    assertThat(data.get("severity").stringValue()).isEqualTo("page");
    assertThat(data.get("status").stringValue()).isEqualTo("firing");
    assertThat(data.get("correlation_id").stringValue()).isEqualTo("correlation-a1");
    assertThat(data.get("labels").get("service").stringValue()).isEqualTo("x");
    assertThat(data.get("annotations").get("summary").stringValue()).isEqualTo("of a1");
    assertThat(data.has("resolved_at")).isFalse();

    announcer.accept(List.of(resolved(alert, NOW)));
    announcer.accept(List.of(resolved(alert, NOW)));
    List<Published> after = hub.take();
    assertThat(after).hasSize(1);
    assertThat(after.getFirst().subject()).isEqualTo("alert.resolved");
    assertThat(after.getFirst().data().get("status").stringValue()).isEqualTo("resolved");
    assertThat(after.getFirst().data().has("resolved_at")).isTrue();
  }

  @Test
  void aResolutionIsNotAnnouncedWhereNobodyHeardThatTheAlertFired() {
    Alert alert = firing("a1", NOW - 5, "alertname", "Slow");
    announcer.accept(List.of(resolved(alert, NOW)));
    assertThat(hub.take()).isEmpty();
  }
}
