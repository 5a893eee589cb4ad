package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.promql.parse.PositionRange;
import dnd.metrics.server.promql.plan.CallPlan;
import dnd.metrics.server.promql.plan.StepGrid;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code histogram_quantile} and {@code histogram_quantiles}: quantiles of classic and native
 * histograms.
 */
final class HistogramQuantile implements SeriesOperator {
  /**
   * One wanted quantile.
   *
   * @param values which, a value a step
   */
  private record Wanted(ScalarOperator values, PositionRange position) {}

  private final QueryContext context;
  private final SeriesOperator vector;
  private final PositionRange vectorPosition;
  private final List<Wanted> wanted;
  private final String quantileLabel;
  private final StepGrid grid;
  private @Nullable SeriesList results;

  private HistogramQuantile(
      QueryContext context,
      SeriesOperator vector,
      PositionRange vectorPosition,
      List<Wanted> wanted,
      String quantileLabel,
      StepGrid grid) {
    this.context = context;
    this.vector = vector;
    this.vectorPosition = vectorPosition;
    this.wanted = wanted;
    this.quantileLabel = quantileLabel;
    this.grid = grid;
  }

  /** {@code histogram_quantile(q, vector)}. */
  static SeriesOperator one(
      QueryContext context, Operators operators, CallPlan plan, StepGrid grid) {
    var q = plan.children().get(0);
    var vector = plan.children().get(1);
    return new HistogramQuantile(
        context,
        operators.vector(vector, grid),
        vector.position(),
        List.of(new Wanted(operators.scalar(q, grid), q.position())),
        "",
        grid);
  }

  /** {@code histogram_quantiles(vector, label, q...)}. */
  static SeriesOperator several(
      QueryContext context, Operators operators, CallPlan plan, StepGrid grid) {
    var vector = plan.children().get(0);
    List<Wanted> wanted = new ArrayList<>();
    for (var q : plan.children().subList(2, plan.children().size())) {
      wanted.add(new Wanted(operators.scalar(q, grid), q.position()));
    }
    return new HistogramQuantile(
        context,
        operators.vector(vector, grid),
        vector.position(),
        wanted,
        VectorFunctions.text(plan, 1),
        grid);
  }

  @Override
  public @Nullable StepSeries next() {
    if (results == null) {
      results = new SeriesList(evaluate());
    }
    return results.next();
  }

  private List<StepSeries> evaluate() {
    List<StepSeries> all = new ArrayList<>();
    List<double[]> quantiles = new ArrayList<>();
    for (Wanted one : wanted) {
      quantiles.add(one.values().values());
    }
    BucketGroups groups = BucketGroups.of(context, vector, grid.count(), vectorPosition);
    for (int k = 0; k < quantiles.size(); k++) {
      warnOfInvalid(quantiles.get(k), wanted.get(k).position());
    }
    for (double[] values : quantiles) {
      List<StepSeries> found = new ArrayList<>();
      for (StepSeries series : groups.nativeSeries()) {
        context.check();
        evaluateNative(series, values, groups.metricName(series.labels()), found);
      }
      for (BucketGroups.Classic classic : groups.classic()) {
        context.check();
        evaluateClassic(classic, values, groups.metricName(classic.labels), found);
      }
      all.addAll(found);
    }
    return MergeSameLabels.merge(context, all, grid.count());
  }

  private void warnOfInvalid(double[] quantiles, PositionRange position) {
    for (int i = 0; i < grid.count(); i++) {
      context.checkNowAndThen();
      if (!(quantiles[i] >= 0 && quantiles[i] <= 1)) {
        context.annotations.add(Annotation.invalidQuantile(quantiles[i], position));
      }
    }
  }

  private void evaluateNative(
      StepSeries series, double[] quantiles, String metricName, List<StepSeries> found) {
    Outputs outputs = new Outputs(series.labels());
    for (int i = 0; i < grid.count(); i++) {
      var histogram = series.histogram(i);
      if (histogram != null) {
        double value =
            NativeQuantile.of(
                quantiles[i], histogram, metricName, vectorPosition, context.annotations);
        outputs.set(i, quantiles[i], value);
      }
    }
    outputs.addTo(found);
  }

  private void evaluateClassic(
      BucketGroups.Classic classic, double[] quantiles, String metricName, List<StepSeries> found) {
    Outputs outputs = new Outputs(classic.labels);
    ClassicBuckets buckets = classic.newBuckets();
    for (int i = 0; i < grid.count(); i++) {
      if (!classic.fill(i, buckets)) {
        continue;
      }
      outputs.set(i, quantiles[i], buckets.quantile(quantiles[i]));
      if (buckets.forcedMonotonicity) {
        long time = grid.time(i);
        context.annotations.add(
            new Annotation.ForcedMonotonicity(
                metricName,
                time,
                time,
                buckets.minForcedBound,
                buckets.maxForcedBound,
                buckets.maxForcedDifference,
                1,
                vectorPosition));
      }
    }
    outputs.addTo(found);
  }

  /** The results of one histogram: one series, or one for every value that the quantile takes. */
  private final class Outputs {
    private final Labels base;
    private final List<StepSeries> series = new ArrayList<>();
    private double lastQuantile = Double.NEGATIVE_INFINITY;
    private @Nullable StepSeries last;

    Outputs(Labels base) {
      this.base = base;
    }

    void set(int step, double quantile, double value) {
      if (last == null
          || (!quantileLabel.isEmpty() && Double.compare(lastQuantile, quantile) != 0)) {
        last = output(quantile);
        lastQuantile = quantile;
      }
      last.setFloat(step, value);
    }

    private StepSeries output(double quantile) {
      String text = quantileLabel.isEmpty() ? "" : GoNumbers.openMetrics(quantile);
      Labels labels = quantileLabel.isEmpty() ? base : base.with(quantileLabel, text);
      for (StepSeries one : series) {
        if (one.labels().equals(labels)) {
          return one;
        }
      }
      StepSeries created = context.series(base, false, grid.count());
      created.relabel(labels, StepSeries.textBytes(text.length()));
      context.count(created);
      series.add(created);
      return created;
    }

    void addTo(List<StepSeries> found) {
      for (StepSeries one : series) {
        context.dropName(one);
        found.add(one);
      }
    }
  }
}
