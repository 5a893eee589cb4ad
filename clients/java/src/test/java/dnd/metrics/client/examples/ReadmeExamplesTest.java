package dnd.metrics.client.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.client.LiveQuery;
import dnd.metrics.client.MetricsClient;
import dnd.metrics.client.ServiceForBridges;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's examples stand in {@link ReadmeExamples} as they are, and these are run. */
class ReadmeExamplesTest {
  private static final Pattern EXAMPLE = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  @TempDir Path folder;

  @Test
  void examplesOfTheReadmeAreThose() throws Exception {
    Path here = Path.of("").toAbsolutePath();
    String code =
        stripped(
            Files.readString(
                here.resolve("src/test/java/dnd/metrics/client/examples/ReadmeExamples.java")));
    Matcher examples = EXAMPLE.matcher(Files.readString(here.resolve("README.md")));
    List<String> found = new ArrayList<>();
    while (examples.find()) {
      String example = stripped(examples.group(1));
      assertThat(code).contains(example);
      found.add(example);
    }
    assertThat(found).hasSizeGreaterThan(9);
  }

  private static String stripped(String code) {
    return code.lines().map(String::strip).collect(Collectors.joining("\n"));
  }

  @Test
  @Tag("blackbox")
  void theyWork() throws Exception {
    try (ServiceForBridges service = new ServiceForBridges(folder)) {
      MetricsClient client = ReadmeExamples.count(service.url());
      ReadmeExamples.describe(client);
      ReadmeExamples.handles(client);
      SimpleMeterRegistry registry = new SimpleMeterRegistry();
      registry.counter("of.micrometer").increment();
      Counter.builder()
          .name("of_prometheus_total")
          .register(PrometheusRegistry.defaultRegistry)
          .inc();
      ReadmeExamples.bridges(registry, client);
      client.flush(Duration.ofMinutes(1));
      assertThat(ReadmeExamples.ask(client)).isEqualTo(18);
      assertThat(client.query("sum(character_created_total)").value()).isEqualTo(2);
      assertThat(client.query("sum(histogram_count(save_seconds))").value()).isEqualTo(3);
      assertThat(client.query("of_micrometer_total").value()).isEqualTo(1);
      assertThat(client.query("of_prometheus_total").value()).isEqualTo(1);
      ReadmeExamples.listen(client);
      try (LiveQuery live = ReadmeExamples.live(client)) {
        assertThat(live).isNotNull();
      }
      try (MetricsClient other = MetricsClient.connect(service.url(), ReadmeExamples.callbacks())) {
        ReadmeExamples.end(client);
        assertThat(other.query("gold_spent_total").series()).isEmpty();
      }
    }
  }
}
