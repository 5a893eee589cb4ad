package dnd.metrics.client.examples;

import dnd.metrics.client.Counter;
import dnd.metrics.client.Gauge;
import dnd.metrics.client.Histogram;
import dnd.metrics.client.HubSubscription;
import dnd.metrics.client.LiveQuery;
import dnd.metrics.client.MetricsClient;
import dnd.metrics.client.MetricsClientBuilder;
import dnd.metrics.client.QueryResult;
import dnd.metrics.client.ResultSeries;
import dnd.metrics.client.Timer;
import dnd.metrics.client.micrometer.DndMetricsRegistry;
import dnd.metrics.client.micrometer.MicrometerReport;
import dnd.metrics.client.prometheus.PrometheusReport;
import io.micrometer.core.instrument.MeterRegistry;
import io.nats.client.Connection;
import io.nats.client.Nats;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.springframework.context.annotation.Bean;

/** The examples of clients/java/README.md, as they stand there. */
final class ReadmeExamples {
  private ReadmeExamples() {}

  private static void load() {}

  static MetricsClient count(String url) throws Exception {
    Connection hub = Nats.connect(url); // a jnats connection, yours before and after
    MetricsClient client =
        MetricsClient.builder()
            .serviceId("character_service")
            .messageHub(hub)
            .batchSize(100)
            .pushInterval("10s")
            .build();

    client.incCounter("character_created_total", Map.of("class", "wizard"));
    client.addCounter("gold_spent_total", 12.5);
    client.setGauge("character_sessions", 17);
    client.observe("save_seconds", 0.012, Map.of("class", "wizard"));
    try (Timer timer = client.startTimer("load_seconds")) {
      load();
    }
    return client;
  }

  static void handles(MetricsClient client) {
    Counter created = client.counter("character_created_total", Map.of("class", "bard"));
    Histogram saves = client.histogram("save_seconds", Map.of("class", "bard"));
    Gauge sessions = client.gauge("character_sessions");
    created.inc();
    saves.observe(0.034);
    saves.time(() -> load());
    sessions.inc();
  }

  static void describe(MetricsClient client) {
    client.describe("save_seconds", "Time to save a character.", "seconds");
  }

  static void end(MetricsClient client) {
    client.flush(Duration.ofSeconds(5));
    client.close(Duration.ofSeconds(10));
  }

  static double ask(MetricsClient client) throws Exception {
    QueryResult created = client.query("sum by (class) (character_created_total)");
    for (ResultSeries series : created.series()) {
      double value = series.last().orElseThrow().value();
      System.out.println(series.label("class") + " " + value);
    }
    double sessions = client.query("sum(character_sessions)").value();

    Instant now = Instant.now();
    QueryResult hour =
        client.queryRange(
            "rate(character_created_total[5m])",
            now.minusSeconds(3600),
            now,
            Duration.ofMinutes(1));
    System.out.println(hour); // prints as a table of lines

    CompletableFuture<QueryResult> later =
        client.queryAsync("histogram_quantile(0.9, save_seconds)");
    later.get(10, TimeUnit.SECONDS);
    return sessions;
  }

  static LiveQuery live(MetricsClient client) {
    LiveQuery live =
        client.live("sum(character_sessions)", update -> System.out.println(update.result()));
    return live;
  }

  static void listen(MetricsClient client) {
    HubSubscription alerts =
        client.onAlert(
            alert -> System.out.println((alert.firing() ? "firing " : "resolved ") + alert.rule()));
    HubSubscription dashboards =
        client.onDashboard(dashboard -> System.out.println("changed: " + dashboard.name()));
    alerts.close();
    dashboards.close();
  }

  static MetricsClientBuilder callbacks() {
    MetricsClientBuilder settings =
        MetricsClient.builder()
            .serviceId("character_service")
            .onDropped(event -> System.err.println("given up: " + event))
            .onRejected(metric -> System.err.println("refused: " + metric))
            .onError(error -> System.err.println("failed: " + error));
    return settings;
  }

  static void bridges(MeterRegistry registry, MetricsClient client) {
    MicrometerReport.of(registry, client);
    PrometheusReport.of(PrometheusRegistry.defaultRegistry, client);
  }

  /** With the address that is everybody's; run only where there is a hub. */
  static final class OfTheUsualAddress {
    static MetricsClient connect() {
      MetricsClient client = MetricsClient.connect("nats://127.0.0.1:4222", "character_service");
      return client;
    }

    @Bean
    MeterRegistry metrics() {
      return DndMetricsRegistry.connect("nats://127.0.0.1:4222", "character_service");
    }
  }
}
