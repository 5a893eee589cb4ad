package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.Labels;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Collects the samples that an aggregation picked out of its input, as series of their own. At one
 * step only, series come in the order in which samples were added. For one thread.
 */
final class KeptSamples {
  private final QueryContext context;
  private final int steps;
  private final Map<Labels, StepSeries> byLabels = new LinkedHashMap<>();

  KeptSamples(QueryContext context, int steps) {
    this.context = context;
    this.steps = steps;
  }

  void add(int step, Labels labels, boolean dropName, double value) {
    series(labels, dropName).setFloat(step, value);
  }

  void add(int step, Labels labels, boolean dropName, Histogram histogram) {
    series(labels, dropName).setHistogram(step, histogram);
  }

  private StepSeries series(Labels labels, boolean dropName) {
    return byLabels.computeIfAbsent(labels, l -> context.series(l, dropName, steps));
  }

  List<StepSeries> finish() {
    return new ArrayList<>(byLabels.values());
  }
}
