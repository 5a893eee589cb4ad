package dnd.metrics.bench;

import dnd.metrics.client.Counter;
import dnd.metrics.client.Gauge;
import dnd.metrics.client.Histogram;
import dnd.metrics.client.MetricsClient;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * What recording costs in the Java client, in Micrometer and in the Prometheus client for Java. The
 * method's name is the case, an underscore, and whose it is. Everything that is measured has one
 * label; Micrometer's registry is that for Prometheus, and its summaries have percentile buckets,
 * since ours have buckets too.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ClientBenchmark {
  final MetricsClient client =
      MetricsClient.builder()
          .serviceId("bench")
          .messageHub(new SilentHub())
          .pushInterval(Duration.ofHours(1))
          .batchSize(Integer.MAX_VALUE)
          .build();
  private final Counter counter = client.counter("handle_total", Map.of("class", "wizard"));
  private final Gauge gauge = client.gauge("handle_level", Map.of("class", "wizard"));
  private final Histogram histogram = client.histogram("handle_seconds", Map.of("class", "wizard"));

  private final MeterRegistry micrometer = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  final io.micrometer.core.instrument.Counter micrometerCounter =
      micrometer.counter("handle", "class", "wizard");
  final DistributionSummary micrometerSummary =
      DistributionSummary.builder("handle.seconds")
          .tag("class", "wizard")
          .publishPercentileHistogram()
          .register(micrometer);

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final io.prometheus.metrics.core.metrics.Counter prometheusCounter =
      io.prometheus.metrics.core.metrics.Counter.builder()
          .name("handle_total")
          .labelNames("class")
          .register(registry);
  final io.prometheus.metrics.core.datapoints.CounterDataPoint prometheusCounterPoint =
      prometheusCounter.labelValues("wizard");
  private final io.prometheus.metrics.core.datapoints.GaugeDataPoint prometheusGaugePoint =
      io.prometheus.metrics.core.metrics.Gauge.builder()
          .name("handle_level")
          .labelNames("class")
          .register(registry)
          .labelValues("wizard");
  private final io.prometheus.metrics.core.metrics.Histogram prometheusHistogram =
      io.prometheus.metrics.core.metrics.Histogram.builder()
          .name("handle_seconds")
          .labelNames("class")
          .nativeOnly()
          .register(registry);
  private final io.prometheus.metrics.core.datapoints.DistributionDataPoint
      prometheusHistogramPoint = prometheusHistogram.labelValues("wizard");

  @Benchmark
  public void incrementByHandle_dnd() {
    counter.inc();
  }

  @Benchmark
  public void incrementByHandle_micrometer() {
    micrometerCounter.increment();
  }

  @Benchmark
  public void incrementByHandle_prometheus() {
    prometheusCounterPoint.inc();
  }

  @Benchmark
  public void incrementByName_dnd() {
    client.incCounter("handle_total", Map.of("class", "wizard"));
  }

  @Benchmark
  public void incrementByName_micrometer() {
    micrometer.counter("handle", "class", "wizard").increment();
  }

  @Benchmark
  public void incrementByName_prometheus() {
    prometheusCounter.labelValues("wizard").inc();
  }

  @Benchmark
  public void setGaugeByHandle_dnd() {
    gauge.set(20);
  }

  @Benchmark
  public void setGaugeByHandle_prometheus() {
    prometheusGaugePoint.set(20);
  }

  @Benchmark
  public void observeByHandle_dnd() {
    histogram.observe(0.0123);
  }

  @Benchmark
  public void observeByHandle_micrometer() {
    micrometerSummary.record(0.0123);
  }

  @Benchmark
  public void observeByHandle_prometheus() {
    prometheusHistogramPoint.observe(0.0123);
  }
}
