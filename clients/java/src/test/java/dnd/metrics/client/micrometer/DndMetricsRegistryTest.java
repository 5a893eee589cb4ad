package dnd.metrics.client.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.client.MetricsClient;
import dnd.metrics.client.RegistryProbe;
import dnd.metrics.client.prometheus.PrometheusProbe;
import dnd.metrics.events.ClassicHistogram;
import dnd.metrics.events.Metric;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.LongTaskTimer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DndMetricsRegistryTest {
  private final MetricsClient client = RegistryProbe.client();
  private final DndMetricsRegistry registry = new DndMetricsRegistry(client);

  @AfterEach
  void close() {
    registry.close();
    client.close(Duration.ZERO);
  }

  private List<Metric> collect(MeterRegistry of) {
    return new MicrometerReport(of).collect();
  }

  /** Every kind of meter. */
  private static void fill(MeterRegistry into) {
    Counter.builder("dice.rolled")
        .description("Dice.")
        .tag("die.kind", "d20")
        .register(into)
        .increment(3);
    Counter.builder("gold.total").baseUnit("coins").register(into).increment();
    Gauge.builder("party.size", () -> 4).register(into);
    Gauge.builder("memory.used", () -> 1024).baseUnit("bytes").tag("area", "heap").register(into);
    TimeGauge.builder("rest.time", () -> 1500, TimeUnit.MILLISECONDS).register(into);
    Timer.builder("save.time").tag("class", "wizard").register(into).record(Duration.ofMillis(250));
    Timer histogram =
        Timer.builder("cast.time")
            .serviceLevelObjectives(Duration.ofMillis(100), Duration.ofSeconds(1))
            .register(into);
    histogram.record(Duration.ofMillis(50));
    histogram.record(Duration.ofMillis(500));
    histogram.record(Duration.ofSeconds(5));
    Timer.builder("quantile.time")
        .publishPercentiles(0.5, 0.9)
        .register(into)
        .record(Duration.ofSeconds(1));
    DistributionSummary.builder("damage").baseUnit("points").register(into).record(7);
    FunctionCounter.builder("turns", 12, Number::doubleValue).register(into);
    FunctionTimer.builder("sleep", 3, n -> 3L, n -> 1.5, TimeUnit.SECONDS).register(into);
    LongTaskTimer.builder("quest").register(into).start();
    new JvmMemoryMetrics().bindTo(into);
    new JvmThreadMetrics().bindTo(into);
    new ClassLoaderMetrics().bindTo(into);
    new ProcessorMetrics().bindTo(into);
    new UptimeMetrics().bindTo(into);
  }

  /** Name, type and labels of everything. */
  private static Set<String> shape(List<Metric> metrics) {
    return metrics.stream()
        .map(metric -> metric.name() + " " + metric.type().text() + " " + metric.labels())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void namesTypesAndLabelsAreThoseOfTheRegistryForPrometheus() {
    PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    fill(prometheus);
    fill(registry);

    Set<String> ours = shape(collect(registry));
    Set<String> theirs = shape(PrometheusProbe.collect(prometheus.getPrometheusRegistry()));
    // Tasks that run now are no count of anything: they go down again.
    for (String name : new String[] {"quest_seconds_count", "quest_seconds_sum"}) {
      assertThat(theirs.remove(name + " counter {}")).isTrue();
      theirs.add(name + " gauge {}");
    }

    assertThat(ours).containsExactlyElementsOf(theirs);
    assertThat(ours).hasSizeGreaterThan(40);
    prometheus.close();
  }

  @Test
  void bucketsCountUp() {
    fill(registry);
    Metric cast = named(collect(registry), "cast_time_seconds");
    assertThat(cast.histogram())
        .isInstanceOfSatisfying(
            ClassicHistogram.class,
            histogram -> {
              assertThat(histogram.count()).isEqualTo(3);
              assertThat(histogram.sum()).isEqualTo(5.55);
              assertThat(histogram.buckets()).containsEntry(0.1, 1.0).containsEntry(1.0, 2.0);
            });
    assertThat(cast.createdMillis()).isNull(); // this report began after the meter did
    assertThat(named(collect(registry), "save_time_seconds_count").value()).isEqualTo(1);
    assertThat(named(collect(registry), "save_time_seconds_sum").value()).isEqualTo(0.25);
    assertThat(named(collect(registry), "save_time_seconds_max").value()).isEqualTo(0.25);
    assertThat(named(collect(registry), "rest_time_seconds").value()).isEqualTo(1.5);
    assertThat(named(collect(registry), "dice_rolled_total").help()).isEqualTo("Dice.");
    assertThat(named(collect(registry), "memory_used_bytes").unit()).isEqualTo("bytes");
  }

  @Test
  void anyRegistryCanBeReported() {
    SimpleMeterRegistry simple = new SimpleMeterRegistry();
    MicrometerReport report = new MicrometerReport(simple);
    long before = System.currentTimeMillis();
    fill(simple);

    Metric counter = named(report.collect(), "dice_rolled_total");
    assertThat(counter.value()).isEqualTo(3);
    assertThat(counter.createdMillis()).isBetween(before, System.currentTimeMillis());
    assertThat(counter.labels()).containsEntry("die_kind", "d20");
    assertThat(named(report.collect(), "turns_total").createdMillis()).isNull();
    simple.close();
  }

  private static Metric named(List<Metric> metrics, String name) {
    return metrics.stream().filter(metric -> metric.name().equals(name)).findFirst().orElseThrow();
  }
}
