package dnd.metrics.client.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dnd.metrics.client.MetricsClient;
import dnd.metrics.client.QueryResult;
import dnd.metrics.client.ServiceForBridges;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/**
 * A Spring Boot program with Actuator, whose only line about dnd-metrics is a bean; then the
 * queries of the dashboards that people have for such programs.
 */
@Tag("blackbox")
class SpringBootTest {
  @SpringBootApplication
  @RestController
  static class Tavern {
    @Bean
    MeterRegistry metrics(Environment environment) {
      return DndMetricsRegistry.connect(environment.getRequiredProperty("hub"), "tavern");
    }

    @GetMapping("/menu")
    String menu() {
      return "ale";
    }

    @GetMapping("/order/{drink}")
    ResponseEntity<String> order(@PathVariable("drink") String drink) {
      return drink.equals("ale")
          ? ResponseEntity.ok("here you are")
          : ResponseEntity.status(HttpStatus.INTERNAL_SERVER_ERROR).body("out of " + drink);
    }
  }

  @TempDir Path folder;

  @Test
  void itsDashboardsAreAnswered() throws Exception {
    try (ServiceForBridges service = new ServiceForBridges(folder);
        MetricsClient asker = MetricsClient.connect(service.url(), "grafana")) {
      ConfigurableApplicationContext tavern =
          new SpringApplication(Tavern.class)
              .run(
                  "--server.port=0",
                  "--spring.main.banner-mode=off",
                  "--logging.level.root=warn",
                  "--hub=" + service.url(),
                  "--management.metrics.distribution.percentiles-histogram.http.server.requests=true");
      int port = tavern.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
      for (int i = 0; i < 20; i++) {
        get(port, "/menu");
        get(port, "/order/" + (i % 4 == 0 ? "wine" : "ale"));
      }
      // What Micrometer records of a request comes a moment after its answer.
      MeterRegistry registry = tavern.getBean(DndMetricsRegistry.class);
      await()
          .until(() ->
              registry.find("http.server.requests").timers().stream()
                      .mapToLong(timer -> timer.count())
                      .sum()
                  == 40);
      tavern.getBean(DndMetricsRegistry.class).client().flush(Duration.ofMinutes(1));

      assertThat(values(asker, "sum by (uri) (http_server_requests_seconds_count)", "uri"))
          .containsExactly("/menu=20.0", "/order/{drink}=20.0");
      assertThat(
              values(
                  asker,
                  "sum by (status) (http_server_requests_seconds_count{uri='/order/{drink}'})",
                  "status"))
          .containsExactly("200=15.0", "500=5.0");
      assertThat(
              asker
                  .query(
                      "sum by (uri) (rate(http_server_requests_seconds_count{outcome='SUCCESS'}[5m]))")
                  .series())
          .hasSize(2)
          .allSatisfy(series -> assertThat(series.last().orElseThrow().value()).isGreaterThan(0));
      assertThat(
              asker
                  .query(
                      "histogram_quantile(0.95, sum by (le)"
                          + " (rate(http_server_requests_seconds_bucket{uri='/menu'}[5m])))")
                  .value())
          .isBetween(0.0001, 10.0);
      assertThat(
              asker
                  .query(
                      "sum(rate(http_server_requests_seconds_sum[5m])) /"
                          + " sum(rate(http_server_requests_seconds_count[5m]))")
                  .value())
          .isGreaterThan(0);
      assertThat(asker.query("max(http_server_requests_seconds_max)").value()).isGreaterThan(0);
      assertThat(
              asker
                  .query(
                      "sum(jvm_memory_used_bytes{area='heap', service='tavern'}) /"
                          + " sum(jvm_memory_committed_bytes{area='heap', service='tavern'})")
                  .value())
          .isBetween(0.01, 1.0);
      assertThat(asker.query("jvm_threads_live_threads{service='tavern'}").value())
          .isGreaterThan(5);
      assertThat(asker.query("process_uptime_seconds{service='tavern'}").value()).isGreaterThan(0);
      assertThat(asker.query("process_start_time_seconds{service='tavern'}").value())
          .isGreaterThan(1.6e9);
      assertThat(asker.query("sum(jvm_info{service='tavern'})").value()).isEqualTo(1);

      tavern.close();
      await()
          .untilAsserted(() ->
              assertThat(asker.query("jvm_threads_live_threads{service='tavern'}").series())
                  .isEmpty());
    }
  }

  private static void get(int port, String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofMinutes(1))
            .build();
    HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
  }

  private static Set<String> values(MetricsClient asker, String query, String label) {
    QueryResult result = asker.query(query);
    Set<String> values = new TreeSet<>();
    result
        .series()
        .forEach(
            series -> values.add(series.label(label) + "=" + series.last().orElseThrow().value()));
    return values;
  }
}
