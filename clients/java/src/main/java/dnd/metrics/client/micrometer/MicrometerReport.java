package dnd.metrics.client.micrometer;

import dnd.metrics.client.HubSubscription;
import dnd.metrics.client.MetricsClient;
import dnd.metrics.client.MetricsSource;
import dnd.metrics.events.Metric;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Reports any Micrometer registry as a whole: {@code MicrometerReport.of(registry, client)}. It
 * must be one whose meters count up, such as {@code SimpleMeterRegistry} or that for Prometheus.
 * Where there is a choice, {@link DndMetricsRegistry} is the better one, since its histograms count
 * up too. Names are those of Micrometer's own registry for Prometheus.
 */
public final class MicrometerReport implements MetricsSource {
  private final MeterRegistry registry;
  private final MeterMetrics meters = new MeterMetrics();

  /** When the meters that were made since this is there were made: they began at 0 then. */
  private final Map<Meter.Id, Long> createdMillis = new ConcurrentHashMap<>();

  MicrometerReport(MeterRegistry registry) {
    this.registry = registry;
    registry
        .config()
        .onMeterAdded(meter -> createdMillis.put(meter.getId(), System.currentTimeMillis()))
        .onMeterRemoved(meter -> createdMillis.remove(meter.getId()));
  }

  /** Reports {@code registry} at the report interval until what is returned is closed. */
  public static HubSubscription of(MeterRegistry registry, MetricsClient client) {
    return client.report(new MicrometerReport(registry));
  }

  /** The registry's meters now. */
  @Override
  public List<Metric> collect() {
    List<Metric> metrics = new ArrayList<>();
    for (Meter meter : registry.getMeters()) {
      meters.add(meter, createdMillis.get(meter.getId()), metrics);
    }
    return metrics;
  }
}
