package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Labeled;
import dnd.metrics.server.model.Labels;
import java.util.List;

/** The labels that say what a metric is, and that go when its values become something else. */
final class MetricNames {
  private static final List<String> IDENTITY = List.of(Labels.METRIC_NAME, "__type__", "__unit__");

  private MetricNames() {}

  /** The labels without the metric's name, type and unit. */
  static Labels drop(Labeled labels) {
    return labels.without(IDENTITY);
  }

  /** Whether {@link #drop} leaves out the label called {@code name}. */
  static boolean isDropped(String name) {
    return IDENTITY.contains(name);
  }

  /** The metric's name in the braces' stead, as PromQL writes series and errors quote them. */
  static String format(Labels labels) {
    String name = labels.metricName();
    if (name.isEmpty() || !isLegacyMetricName(name)) {
      return labels.toString();
    }
    Labels others = labels.withoutMetricName();
    return others.isEmpty() ? name : name + others;
  }

  private static boolean isLegacyMetricName(String name) {
    return Labels.isLegacyName(name.replace(':', '_'));
  }
}
