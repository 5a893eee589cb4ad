package dnd.metrics.server.promql.exec;

import dnd.metrics.server.promql.plan.CallPlan;
import dnd.metrics.server.promql.plan.StepGrid;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code histogram_fraction(lower, upper, vector)}: the share of observations between two values,
 * of classic and native histograms.
 */
final class HistogramFraction implements SeriesOperator {
  private final QueryContext context;
  private final Operators operators;
  private final CallPlan plan;
  private final StepGrid grid;
  private @Nullable SeriesList results;

  HistogramFraction(QueryContext context, Operators operators, CallPlan plan, StepGrid grid) {
    this.context = context;
    this.operators = operators;
    this.plan = plan;
    this.grid = grid;
  }

  @Override
  public @Nullable StepSeries next() {
    if (results == null) {
      results = new SeriesList(evaluate());
    }
    return results.next();
  }

  private List<StepSeries> evaluate() {
    double[] lower = operators.scalar(plan.children().get(0), grid).values();
    double[] upper = operators.scalar(plan.children().get(1), grid).values();
    var vector = plan.children().get(2);
    BucketGroups groups =
        BucketGroups.of(context, operators.vector(vector, grid), grid.count(), vector.position());
    List<StepSeries> all = new ArrayList<>();
    for (StepSeries series : groups.nativeSeries()) {
      context.check();
      StepSeries out = context.series(series.labels(), false, grid.count());
      for (int i = 0; i < grid.count(); i++) {
        var histogram = series.histogram(i);
        if (histogram != null) {
          out.values[i] =
              NativeFraction.of(
                  lower[i],
                  upper[i],
                  histogram,
                  groups.metricName(series.labels()),
                  vector.position(),
                  context.annotations);
        }
      }
      context.dropName(out);
      all.add(out);
    }
    for (BucketGroups.Classic classic : groups.classic()) {
      context.check();
      StepSeries out = context.series(classic.labels, false, grid.count());
      ClassicBuckets buckets = classic.newBuckets();
      for (int i = 0; i < grid.count(); i++) {
        if (classic.fill(i, buckets)) {
          out.values[i] = buckets.fraction(lower[i], upper[i]);
        }
      }
      context.dropName(out);
      all.add(out);
    }
    return MergeSameLabels.merge(context, all, grid.count());
  }
}
