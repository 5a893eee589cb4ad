package dnd.metrics.client.micrometer;

import dnd.metrics.client.HubSubscription;
import dnd.metrics.client.MetricsClient;
import dnd.metrics.client.MetricsClientBuilder;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.LongTaskTimer;
import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.cumulative.CumulativeCounter;
import io.micrometer.core.instrument.cumulative.CumulativeFunctionCounter;
import io.micrometer.core.instrument.cumulative.CumulativeFunctionTimer;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.distribution.pause.PauseDetector;
import io.micrometer.core.instrument.internal.DefaultGauge;
import io.micrometer.core.instrument.internal.DefaultLongTaskTimer;
import io.micrometer.core.instrument.internal.DefaultMeter;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A Micrometer registry that is reported to dnd-metrics every 15 s. In Spring Boot it is a bean of
 * one line:
 *
 * <pre>{@code
 * @Bean
 * MeterRegistry metrics() {
 *   return DndMetricsRegistry.connect("nats://127.0.0.1:4222", "character_service");
 * }
 * }</pre>
 *
 * <p>Meters count up from the beginning, histograms have the buckets that their configuration asks
 * for, and names are those of Micrometer's own registry for Prometheus, so that dashboards go on
 * working.
 */
public final class DndMetricsRegistry extends MeterRegistry {
  private final MetricsClient client;
  private final HubSubscription report;
  private final @Nullable MetricsClient own;

  /** A registry that {@code client} reports, and that leaves the client open when it is closed. */
  public DndMetricsRegistry(MetricsClient client) {
    this(client, null);
  }

  private DndMetricsRegistry(MetricsClient client, @Nullable MetricsClient own) {
    super(Clock.SYSTEM);
    this.client = client;
    this.own = own;
    config().namingConvention(new PrometheusNames());
    report = MicrometerReport.of(this, client);
  }

  /** A registry with a client of its own, which is closed with it. */
  public static DndMetricsRegistry connect(String url, String serviceId) {
    return connect(url, MetricsClient.builder().serviceId(serviceId));
  }

  /** The same with settings of the client. */
  public static DndMetricsRegistry connect(String url, MetricsClientBuilder settings) {
    MetricsClient client = MetricsClient.connect(url, settings);
    return new DndMetricsRegistry(client, client);
  }

  /** The client that reports it, for what Micrometer has no call for, such as a flush. */
  public MetricsClient client() {
    return client;
  }

  /** Reports no longer. A client of its own reports a last time and says that it is gone. */
  @Override
  public void close() {
    if (own == null) {
      report.close();
    } else {
      own.close();
    }
    super.close();
  }

  @Override
  protected <T> Gauge newGauge(Meter.Id id, @Nullable T source, ToDoubleFunction<T> value) {
    return new DefaultGauge<>(id, source, value);
  }

  @Override
  protected Counter newCounter(Meter.Id id) {
    return new CumulativeCounter(id);
  }

  @Override
  protected Timer newTimer(
      Meter.Id id, DistributionStatisticConfig config, PauseDetector pauseDetector) {
    return new ReportedTimer(id, clock, config, pauseDetector);
  }

  @Override
  protected DistributionSummary newDistributionSummary(
      Meter.Id id, DistributionStatisticConfig config, double scale) {
    return new ReportedSummary(id, clock, config, scale);
  }

  @Override
  protected LongTaskTimer newLongTaskTimer(Meter.Id id, DistributionStatisticConfig config) {
    return new DefaultLongTaskTimer(id, clock, getBaseTimeUnit(), config, false);
  }

  @Override
  protected Meter newMeter(Meter.Id id, Meter.Type type, Iterable<Measurement> measurements) {
    return new DefaultMeter(id, type, measurements);
  }

  @Override
  protected <T> FunctionTimer newFunctionTimer(
      Meter.Id id,
      T source,
      ToLongFunction<T> count,
      ToDoubleFunction<T> totalTime,
      TimeUnit totalTimeUnit) {
    return new CumulativeFunctionTimer<>(
        id, source, count, totalTime, totalTimeUnit, getBaseTimeUnit());
  }

  @Override
  protected <T> FunctionCounter newFunctionCounter(
      Meter.Id id, T source, ToDoubleFunction<T> count) {
    return new CumulativeFunctionCounter<>(id, source, count);
  }

  @Override
  protected TimeUnit getBaseTimeUnit() {
    return TimeUnit.SECONDS;
  }

  @Override
  protected DistributionStatisticConfig defaultHistogramConfig() {
    return DistributionStatisticConfig.DEFAULT;
  }
}
