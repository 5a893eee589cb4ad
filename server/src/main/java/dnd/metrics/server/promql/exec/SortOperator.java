package dnd.metrics.server.promql.exec;

import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code sort} and its kin: the series in another order, which only instant queries show. */
final class SortOperator implements SeriesOperator {
  private final QueryContext context;
  private final SeriesOperator inner;
  private final Comparator<StepSeries> order;
  private final boolean onlyFloats;
  private final int steps;
  private @Nullable SeriesList sorted;

  private SortOperator(
      QueryContext context,
      SeriesOperator inner,
      Comparator<StepSeries> order,
      boolean onlyFloats,
      int steps) {
    this.context = context;
    this.inner = inner;
    this.order = order;
    this.onlyFloats = onlyFloats;
    this.steps = steps;
  }

  /** By value; NaN comes last either way, histograms not at all. */
  static SortOperator byValue(
      QueryContext context, SeriesOperator inner, boolean descending, int steps) {
    Comparator<StepSeries> order =
        (a, b) -> {
          double x = a.values[0];
          double y = b.values[0];
          if (Double.isNaN(x) || Double.isNaN(y)) {
            return Boolean.compare(Double.isNaN(x), Double.isNaN(y));
          }
          return descending ? Double.compare(y + 0.0, x + 0.0) : Double.compare(x + 0.0, y + 0.0);
        };
    return new SortOperator(context, inner, order, true, steps);
  }

  /** By the values of labels in natural order, then by all labels. */
  static SortOperator byLabels(
      QueryContext context,
      SeriesOperator inner,
      List<String> names,
      boolean descending,
      int steps) {
    Comparator<StepSeries> order =
        (a, b) -> {
          for (String name : names) {
            int c = NaturalOrder.compare(a.labels().get(name), b.labels().get(name));
            if (c != 0) {
              return c;
            }
          }
          return a.labels().compareTo(b.labels());
        };
    return new SortOperator(context, inner, descending ? order.reversed() : order, false, steps);
  }

  @Override
  public @Nullable StepSeries next() {
    if (steps != 1) {
      return nextUnsorted();
    }
    if (sorted == null) {
      List<StepSeries> all = SeriesList.drain(context, inner);
      if (onlyFloats) {
        all.removeIf(series -> series.histogram(0) != null);
      }
      all.sort(context.stoppable(order));
      sorted = new SeriesList(all);
    }
    return sorted.next();
  }

  private @Nullable StepSeries nextUnsorted() {
    StepSeries series;
    while ((series = inner.next()) != null) {
      if (onlyFloats) {
        series.histograms = null;
      }
      if (!series.isEmpty(steps)) {
        return series;
      }
      context.release(series);
    }
    return null;
  }
}
