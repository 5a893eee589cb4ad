package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Labels;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes one series of several that came to have the same labels, which is an error where two of
 * them have a sample at one step.
 */
final class MergeSameLabels implements SeriesOperator {
  static final String SAME_LABELS = "vector cannot contain metrics with the same labelset";

  private final QueryContext context;
  private final SeriesOperator inner;
  private final int steps;
  private @Nullable Iterator<StepSeries> merged;

  MergeSameLabels(QueryContext context, SeriesOperator inner, int steps) {
    this.context = context;
    this.inner = inner;
    this.steps = steps;
  }

  @Override
  public @Nullable StepSeries next() {
    if (merged == null) {
      merged = merge(context, SeriesList.drain(context, inner), steps).iterator();
    }
    return merged.hasNext() ? merged.next() : null;
  }

  /** The series, those of the same labels merged into the first of them; in order. */
  static List<StepSeries> merge(QueryContext context, List<StepSeries> series, int steps) {
    Map<Labels, StepSeries> byLabels = LinkedHashMap.newLinkedHashMap(series.size());
    for (StepSeries one : series) {
      context.checkNowAndThen();
      StepSeries first = byLabels.putIfAbsent(one.labels(), one);
      if (first != null) {
        mergeInto(first, one, steps);
        context.release(one);
      }
    }
    return byLabels.size() == series.size() ? series : List.copyOf(byLabels.values());
  }

  private static void mergeInto(StepSeries first, StepSeries other, int steps) {
    for (int i = 0; i < steps; i++) {
      if (other.has(i)) {
        if (first.has(i)) {
          throw QueryException.execution(SAME_LABELS);
        }
        first.take(i, other);
      }
    }
  }
}
