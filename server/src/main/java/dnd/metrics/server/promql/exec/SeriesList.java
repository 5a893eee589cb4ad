package dnd.metrics.server.promql.exec;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Series that are all there already, as an operator. */
final class SeriesList implements SeriesOperator {
  private final @Nullable StepSeries[] series;
  private int next;

  SeriesList(List<StepSeries> series) {
    this.series = series.toArray(new StepSeries[0]);
  }

  /** Forgets what it returns, which is its reader's from then on. */
  @Override
  public @Nullable StepSeries next() {
    if (next == series.length) {
      return null;
    }
    StepSeries one = series[next];
    series[next++] = null;
    return one;
  }

  /** Evaluates what is left of an operator's series, for their errors and annotations only. */
  static void exhaust(QueryContext context, SeriesOperator operator) {
    StepSeries series;
    while ((series = operator.next()) != null) {
      context.check();
      context.release(series);
    }
  }

  /** All that is left of an operator's series. */
  static List<StepSeries> drain(QueryContext context, SeriesOperator operator) {
    List<StepSeries> all = new ArrayList<>();
    StepSeries series;
    while ((series = operator.next()) != null) {
      context.check();
      all.add(series);
    }
    return all;
  }
}
