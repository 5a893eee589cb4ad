package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Labeled;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Collects the floats that an aggregation picked out of its input, as series of their own, in the
 * order in which the first sample of each was added. For one thread.
 */
final class KeptSamples {
  private final QueryContext context;
  private final int steps;
  private final List<Labeled> labels;
  private final List<Boolean> dropNames;
  private final @Nullable StepSeries[] byNumber;
  private final List<StepSeries> inOrder = new ArrayList<>();

  /**
   * @param labels of each series of the input, by its number
   */
  KeptSamples(QueryContext context, int steps, List<Labeled> labels, List<Boolean> dropNames) {
    this.context = context;
    this.steps = steps;
    this.labels = labels;
    this.dropNames = dropNames;
    this.byNumber = new StepSeries[labels.size()];
  }

  void add(int step, int number, double value) {
    StepSeries series = byNumber[number];
    if (series == null) {
      series = context.series(labels.get(number), dropNames.get(number), steps);
      context.count(series);
      byNumber[number] = series;
      inOrder.add(series);
    }
    series.values[step] = value;
  }

  List<StepSeries> finish() {
    return inOrder;
  }
}
