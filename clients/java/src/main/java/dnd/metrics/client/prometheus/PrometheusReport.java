package dnd.metrics.client.prometheus;

import dnd.metrics.client.HubSubscription;
import dnd.metrics.client.MetricsClient;
import dnd.metrics.client.MetricsSource;
import dnd.metrics.events.Metric;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.ArrayList;
import java.util.List;

/**
 * Reports a registry of the Prometheus client for Java as a whole, as a scrape would have found it:
 * {@code PrometheusReport.of(PrometheusRegistry.defaultRegistry, client)}. Exemplars are sent, too;
 * the service does not keep them yet.
 */
public final class PrometheusReport implements MetricsSource {
  private final PrometheusRegistry registry;

  PrometheusReport(PrometheusRegistry registry) {
    this.registry = registry;
  }

  /** Reports {@code registry} at the report interval until what is returned is closed. */
  public static HubSubscription of(PrometheusRegistry registry, MetricsClient client) {
    return client.report(new PrometheusReport(registry));
  }

  /** The registry's metrics now. */
  @Override
  public List<Metric> collect() {
    List<Metric> metrics = new ArrayList<>();
    for (MetricSnapshot family : registry.scrape()) {
      new FamilyMetrics(family.getMetadata(), metrics).add(family);
    }
    return metrics;
  }
}
