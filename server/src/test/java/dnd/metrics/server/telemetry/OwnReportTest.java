package dnd.metrics.server.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.hub.RecordingHub;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class OwnReportTest {
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-11-26T10:00:00Z"));

  @Test
  void aReportHasWhatEverySourceSays() throws InterruptedException {
    RecordingHub hub = new RecordingHub(1 << 20);
    MetricSource one =
        metrics -> metrics.counter("pushes_total", "Pushes.", "", 3, Map.of("code", "a"));
    MetricSource two = metrics -> metrics.gauge("memory_bytes", "Memory.", "bytes", 1.5, Map.of());
    try (OwnReport report = new OwnReport(hub, "127.0.0.1:4222", List.of(one, two), CLOCK)) {
      report.report();
    }
    RecordingHub.Published published = hub.next();
    assertThat(published.subject()).isEqualTo("metrics_service.metrics.report");
    JsonNode event = published.json();
    assertThat(event.get("type").stringValue()).isEqualTo("metrics.report");
    JsonNode data = event.get("data");
    assertThat(data.get("service").stringValue()).isEqualTo("metrics_service");
    assertThat(data.get("instance").stringValue()).isEqualTo("127.0.0.1:4222");
    assertThat(data.get("timestamp").stringValue()).isEqualTo("2026-11-26T10:00:00.000Z");
    assertThat(data.get("metrics").toString())
        .isEqualTo(
            "[{\"name\":\"pushes_total\",\"type\":\"counter\",\"labels\":{\"code\":\"a\"},"
                + "\"help\":\"Pushes.\",\"value\":3},{\"name\":\"memory_bytes\",\"type\":\"gauge\","
                + "\"help\":\"Memory.\",\"unit\":\"bytes\",\"value\":1.5}]");
  }

  /** A report ends what it lacks, so the same metrics are beside it each time. */
  @Test
  void whatTheHubDoesNotTakeInOneEventComesInSeveral() {
    RecordingHub hub = new RecordingHub(4096);
    AtomicInteger senders = new AtomicInteger(300);
    MetricSource many =
        metrics -> {
          for (int i = 0; i < senders.get(); i++) {
            metrics.gauge("sender_series", "Series.", "", i, Map.of("sender", "service-" + i));
          }
        };
    MetricSource last = metrics -> metrics.gauge("memory_bytes", "Memory.", 1.5);
    try (OwnReport report = new OwnReport(hub, "127.0.0.1:4222", List.of(many, last), CLOCK)) {
      report.report();
      assertSplit(hub, 300);
      senders.set(3); // which would fit again
      report.report();
      assertSplit(hub, 3);
    }
  }

  private static void assertSplit(RecordingHub hub, int senders) {
    List<RecordingHub.Published> events = new ArrayList<>();
    hub.published.drainTo(events);
    assertThat(events.getFirst().subject()).isEqualTo("metrics_service.metrics.report");
    assertThat(names(events.getFirst())).containsExactly("memory_bytes");
    Set<String> ids = new HashSet<>();
    List<String> pushed = new ArrayList<>();
    for (RecordingHub.Published event : events.subList(1, events.size())) {
      assertThat(event.subject()).isEqualTo("metrics_service.metrics.push");
      JsonNode data = event.data();
      assertThat(data.get("instance").stringValue()).isEqualTo("127.0.0.1:4222");
      // Not the report's time, at which its series end.
      assertThat(data.get("timestamp").stringValue()).isEqualTo("2026-11-26T10:00:00.001Z");
      assertThat(ids.add(event.json().get("id").stringValue())).isTrue();
      data.get("metrics").forEach(metric -> pushed.add(metric.at("/labels/sender").stringValue()));
    }
    assertThat(pushed)
        .containsExactlyElementsOf(
            IntStream.range(0, senders).mapToObj(i -> "service-" + i).toList());
  }

  private static List<String> names(RecordingHub.Published event) {
    List<String> names = new ArrayList<>();
    event.data().get("metrics").forEach(metric -> names.add(metric.get("name").stringValue()));
    return names;
  }

  /** An empty report would say that the service has gone. */
  @Test
  void whatFitsIntoNoMessageKeepsNothingElseBack() {
    RecordingHub hub = new RecordingHub(600);
    MetricSource large = metrics -> metrics.gauge("large", "x".repeat(1000), 1);
    MetricSource two = metrics -> metrics.gauge("one", "x".repeat(200), 1).gauge("two", "", 2);
    try (OwnReport report = new OwnReport(hub, "i", List.of(large, two), CLOCK)) {
      report.report();
    }
    assertThat(hub.published).hasSize(1);
    RecordingHub.Published only = hub.published.remove();
    assertThat(only.subject()).isEqualTo("metrics_service.metrics.report");
    assertThat(names(only)).containsExactly("one", "two");
    RecordingHub small = new RecordingHub(100);
    try (OwnReport report = new OwnReport(small, "i", List.of(large, two), CLOCK)) {
      report.report();
    }
    assertThat(small.published).isEmpty();
  }

  @Test
  void theJvmHasFigures() {
    Metrics metrics = new Metrics();
    new JvmFigures().addTo(metrics);
    assertThat(metrics.all())
        .anySatisfy(metric -> {
          assertThat(metric.name()).isEqualTo("jvm_heap_used_bytes");
          assertThat(metric.value()).isPositive();
        });
  }

  @Test
  void residentMemoryIsReadWhereLinuxTellsIt(@TempDir Path folder) throws java.io.IOException {
    Path status = folder.resolve("status");
    Files.writeString(status, "Name:\tjava\nVmRSS:\t   2048 kB\nThreads:\t9\n");
    Metrics metrics = new Metrics();
    new ProcessFigures(status).addTo(metrics);
    assertThat(metrics.all())
        .anySatisfy(metric -> {
          assertThat(metric.name()).isEqualTo("process_resident_memory_bytes");
          assertThat(metric.value()).isEqualTo(2048 * 1024);
        });
    Metrics elsewhere = new Metrics();
    new ProcessFigures(folder.resolve("none")).addTo(elsewhere);
    assertThat(elsewhere.all())
        .noneMatch(metric -> metric.name().equals("process_resident_memory_bytes"))
        .anyMatch(metric -> metric.name().equals("process_start_time_seconds"));
  }
}
