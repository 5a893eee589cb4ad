package dnd.metrics.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dnd.metrics.client.MetricsClient;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClientLineTest {
  @Test
  void readsWhatTheOtherBenchesPrint() {
    ClientLine line =
        ClientLine.parse(
            "{\"client\":\"go\",\"case\":\"increment by handle\",\"ns\":5.5,\"peer\":\"client_golang\",\"peer_ns\":11,\"bytes\":0}");
    assertThat(line)
        .isEqualTo(new ClientLine("go", "increment by handle", 5.5, "client_golang", 11));
    assertThat(line.ratio()).isEqualTo(2);
    assertThat(line.row().number("times as fast")).isEqualTo(2);
  }

  @Test
  void refusesOtherLines() {
    assertThatThrownBy(() -> ClientLine.parse("warming up"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("warming up");
    assertThatThrownBy(() -> ClientLine.parse("{\"client\":\"go\"}"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** What is measured counts, and on the series that it says. */
  @Test
  void measuredCallsCount() {
    ClientBenchmark benchmark = new ClientBenchmark();
    for (int i = 0; i < 10; i++) {
      benchmark.incrementByHandle_dnd();
      benchmark.incrementByName_dnd();
      benchmark.observeByHandle_dnd();
      benchmark.setGaugeByHandle_dnd();
      benchmark.incrementByHandle_micrometer();
      benchmark.incrementByName_micrometer();
      benchmark.observeByHandle_micrometer();
      benchmark.incrementByHandle_prometheus();
      benchmark.incrementByName_prometheus();
      benchmark.observeByHandle_prometheus();
      benchmark.setGaugeByHandle_prometheus();
    }
    MetricsClient client = benchmark.client;
    Map<String, String> labels = Map.of("class", "wizard");
    assertThat(client.counter("handle_total", labels).value()).isEqualTo(20);
    assertThat(client.histogram("handle_seconds", labels).count()).isEqualTo(10);
    assertThat(client.gauge("handle_level", labels).value()).isEqualTo(20);
    assertThat(benchmark.micrometerCounter.count()).isEqualTo(20);
    assertThat(benchmark.micrometerSummary.count()).isEqualTo(10);
    assertThat(benchmark.prometheusCounterPoint.get()).isEqualTo(20);
  }
}
