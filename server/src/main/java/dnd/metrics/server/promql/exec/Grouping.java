package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Labeled;
import dnd.metrics.server.model.Labels;
import java.util.ArrayList;
import java.util.List;

/** Which labels of a series name the group that it belongs to in an aggregation. */
final class Grouping {
  private final List<String> labels;
  private final boolean without;

  Grouping(List<String> labels, boolean without) {
    List<String> all = new ArrayList<>(labels);
    if (without) {
      all.add(Labels.METRIC_NAME);
    }
    this.labels = List.copyOf(all);
    this.without = without;
  }

  /**
   * What tells the series' group from others of the same grouping, and is cheaper than its labels.
   */
  Object key(Labeled series) {
    return !without && labels.size() == 1 ? series.label(labels.getFirst()) : of(series);
  }

  /** The group's labels. */
  Labels of(Labeled series) {
    if (without) {
      return series.without(labels);
    }
    return labels.isEmpty() ? Labels.empty() : series.keep(labels);
  }
}
