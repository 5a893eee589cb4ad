package dnd.metrics.server.promql.exec;

import java.util.HashSet;
import java.util.Set;

/** Tells of metrics that are taken as counters while their name does not say so, each once. */
final class CounterNames {
  private final RangeCall call;
  private final Set<String> judged = new HashSet<>();

  CounterNames(RangeCall call) {
    this.call = call;
  }

  void judge(String metricName) {
    if (metricName.isEmpty() || !judged.add(metricName)) {
      return;
    }
    if (!metricName.endsWith("_total")
        && !metricName.endsWith("_sum")
        && !metricName.endsWith("_count")
        && !metricName.endsWith("_bucket")) {
      call.annotate(Annotation.possibleNonCounter(metricName, call.firstArgument()));
    }
  }
}
