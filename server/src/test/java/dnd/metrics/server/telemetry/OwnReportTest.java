package dnd.metrics.server.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.hub.RecordingHub;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
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
