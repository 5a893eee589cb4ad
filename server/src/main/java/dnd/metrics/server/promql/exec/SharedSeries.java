package dnd.metrics.server.promql.exec;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The series of a subtree that stands in several places of a plan: evaluated when first asked for,
 * and copied for every place, since whoever gets a series may change it. For one thread.
 */
final class SharedSeries {
  private final QueryContext context;
  private final SeriesOperator inner;
  private final int steps;
  private @Nullable List<StepSeries> evaluated;

  SharedSeries(QueryContext context, SeriesOperator inner, int steps) {
    this.context = context;
    this.inner = inner;
    this.steps = steps;
  }

  /** The series for one more place. */
  SeriesOperator place() {
    return new Place();
  }

  private List<StepSeries> series() {
    if (evaluated == null) {
      evaluated = new ArrayList<>(SeriesList.drain(context, inner));
    }
    return evaluated;
  }

  private final class Place implements SeriesOperator {
    private int next;

    @Override
    public @Nullable StepSeries next() {
      List<StepSeries> all = series();
      if (next == all.size()) {
        return null;
      }
      StepSeries original = all.get(next++);
      double[] values = context.array(steps);
      System.arraycopy(original.values, 0, values, 0, steps);
      StepSeries copy = new StepSeries(original.labeled(), original.dropName, values);
      if (original.histograms != null) {
        copy.histograms = original.histograms.clone();
      }
      return copy;
    }
  }
}
