package dnd.metrics.client.prometheus;

import dnd.metrics.events.Metric;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;

/** What would be reported of a registry. */
public final class PrometheusProbe {
  private PrometheusProbe() {}

  public static List<Metric> collect(PrometheusRegistry registry) {
    return new PrometheusReport(registry).collect();
  }
}
