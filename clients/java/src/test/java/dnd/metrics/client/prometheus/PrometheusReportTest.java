package dnd.metrics.client.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.events.ClassicHistogram;
import dnd.metrics.events.Metric;
import dnd.metrics.events.MetricType;
import dnd.metrics.events.NativeHistogram;
import dnd.metrics.events.PushEvent;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.core.metrics.StateSet;
import io.prometheus.metrics.core.metrics.Summary;
import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Unit;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PrometheusReportTest {
  private final PrometheusRegistry registry = new PrometheusRegistry();

  private List<Metric> collect() {
    return new PrometheusReport(registry).collect();
  }

  private Metric only(String name) {
    List<Metric> found = collect().stream().filter(m -> m.name().equals(name)).toList();
    assertThat(found).as("%s in %s", name, collect()).hasSize(1);
    return found.get(0);
  }

  @Test
  void counters() {
    long before = System.currentTimeMillis();
    Counter counter =
        Counter.builder()
            .name("dice_rolled_total")
            .help("Dice.")
            .labelNames("die")
            .register(registry);
    counter.labelValues("d20").inc(3);
    Metric metric = only("dice_rolled_total");
    assertThat(metric.type()).isEqualTo(MetricType.COUNTER);
    assertThat(metric.value()).isEqualTo(3);
    assertThat(metric.labels()).isEqualTo(Map.of("die", "d20"));
    assertThat(metric.help()).isEqualTo("Dice.");
    assertThat(metric.createdMillis()).isBetween(before, System.currentTimeMillis());
  }

  @Test
  void gaugesWithUnit() {
    Gauge.builder().name("save_time_seconds").unit(Unit.SECONDS).register(registry).set(2.5);
    Metric metric = only("save_time_seconds");
    assertThat(metric.type()).isEqualTo(MetricType.GAUGE);
    assertThat(metric.value()).isEqualTo(2.5);
    assertThat(metric.unit()).isEqualTo("seconds");
    assertThat(metric.createdMillis()).isNull();
  }

  @Test
  void histogramsAreSentWithBothKindsOfBuckets() {
    Histogram histogram =
        Histogram.builder().name("cast_seconds").classicUpperBounds(0.1, 1).register(registry);
    histogram.observe(0.05);
    histogram.observe(0.5);
    histogram.observe(0.5);
    histogram.observe(-3);
    histogram.observe(0);

    List<Metric> metrics = collect();
    assertThat(metrics).hasSize(2).allMatch(m -> m.name().equals("cast_seconds"));
    assertThat(metrics.get(0).histogram())
        .isInstanceOfSatisfying(
            NativeHistogram.class,
            whole -> {
              assertThat(whole.count()).isEqualTo(5);
              assertThat(whole.schema()).isEqualTo(5);
              assertThat(whole.zeroCount()).isEqualTo(1);
              assertThat(whole.positive()).containsEntry(-32, 2.0).hasSize(2);
              assertThat(whole.negative()).hasSize(1);
            });
    assertThat(metrics.get(1).histogram())
        .isInstanceOfSatisfying(
            ClassicHistogram.class,
            whole -> {
              assertThat(whole.buckets())
                  .isEqualTo(Map.of(0.1, 3.0, 1.0, 5.0, Double.POSITIVE_INFINITY, 5.0));
              assertThat(whole.count()).isEqualTo(5);
              assertThat(whole.sum()).isEqualTo(-1.95);
            });
  }

  @Test
  void exemplars() {
    Counter counter = Counter.builder().name("traced_total").register(registry);
    counter.incWithExemplar(2, io.prometheus.metrics.model.snapshots.Labels.of("trace_id", "abc"));
    assertThat(only("traced_total").exemplars())
        .singleElement()
        .satisfies(exemplar -> {
          assertThat(exemplar.labels()).isEqualTo(Map.of("trace_id", "abc"));
          assertThat(exemplar.value()).isEqualTo(2);
          assertThat(exemplar.timestampMillis()).isNotNull();
        });
    assertThat(
            new String(
                PushEvent.of("s", List.of(only("traced_total"))).toJson(), StandardCharsets.UTF_8))
        .contains("\"exemplars\":[{\"labels\":{\"trace_id\":\"abc\"},\"value\":2,\"timestamp\":\"");
  }

  @Test
  void summaries() {
    Summary summary =
        Summary.builder().name("damage").quantile(0.5, 0.01).labelNames("by").register(registry);
    summary.labelValues("sword").observe(4);
    summary.labelValues("sword").observe(6);
    assertThat(only("damage").labels()).isEqualTo(Map.of("by", "sword", "quantile", "0.5"));
    assertThat(only("damage_count").value()).isEqualTo(2);
    assertThat(only("damage_count").type()).isEqualTo(MetricType.COUNTER);
    assertThat(only("damage_sum").value()).isEqualTo(10);
  }

  @Test
  void sumThatIsNegativeIsNoCounter() {
    Summary.builder().name("balance").register(registry).observe(-4);
    assertThat(only("balance_sum").type()).isEqualTo(MetricType.GAUGE);
  }

  @Test
  void infoAndStateSet() {
    Info.builder()
        .name("build_info")
        .labelNames("version")
        .register(registry)
        .setLabelValues("1.2");
    StateSet states = StateSet.builder().name("weather").states("sun", "rain").register(registry);
    states.setTrue("rain");
    assertThat(only("build_info").value()).isEqualTo(1);
    assertThat(only("build_info").labels()).isEqualTo(Map.of("version", "1.2"));
    assertThat(collect().stream().filter(m -> m.name().equals("weather")))
        .extracting(m -> m.labels().get("weather") + "=" + m.value())
        .containsExactlyInAnyOrder("sun=0.0", "rain=1.0");
  }

  @Test
  void gaugeHistogramAndUnknown() {
    registry.register(
        (Collector)
            () ->
                HistogramSnapshot.builder()
                    .name("queue")
                    .gaugeHistogram(true)
                    .dataPoint(
                        HistogramSnapshot.HistogramDataPointSnapshot.builder()
                            .classicHistogramBuckets(
                                ClassicHistogramBuckets.builder()
                                    .bucket(1, 2)
                                    .bucket(Double.POSITIVE_INFINITY, 1)
                                    .build())
                            .sum(7)
                            .build())
                    .build());
    registry.register(
        (Collector)
            () ->
                UnknownSnapshot.builder()
                    .name("mystery")
                    .dataPoint(UnknownSnapshot.UnknownDataPointSnapshot.builder().value(42).build())
                    .build());
    assertThat(only("mystery").value()).isEqualTo(42);
    assertThat(only("queue_gcount").value()).isEqualTo(3);
    assertThat(only("queue_gsum").value()).isEqualTo(7);
    assertThat(collect().stream().filter(m -> m.name().equals("queue_bucket")))
        .extracting(m -> m.labels().get("le") + "=" + m.value())
        .containsExactlyInAnyOrder("1.0=2.0", "+Inf=3.0");
  }
}
