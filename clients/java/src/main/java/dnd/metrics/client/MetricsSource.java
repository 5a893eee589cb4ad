package dnd.metrics.client;

import dnd.metrics.events.Metric;
import java.util.List;

/** What is reported as a whole, such as a registry of another library. */
@FunctionalInterface
public interface MetricsSource {
  /** Everything that there is now. */
  List<Metric> collect();
}
