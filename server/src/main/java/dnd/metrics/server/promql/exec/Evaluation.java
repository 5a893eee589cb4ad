package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.promql.exec.QueryValue.MatrixSeries;
import dnd.metrics.server.promql.exec.QueryValue.MatrixValue;
import dnd.metrics.server.promql.exec.QueryValue.ScalarValue;
import dnd.metrics.server.promql.exec.QueryValue.StringValue;
import dnd.metrics.server.promql.exec.QueryValue.VectorSample;
import dnd.metrics.server.promql.exec.QueryValue.VectorValue;
import dnd.metrics.server.promql.parse.VectorSelector.RangeMode;
import dnd.metrics.server.promql.plan.CallPlan;
import dnd.metrics.server.promql.plan.Plan;
import dnd.metrics.server.promql.plan.QueryTimes;
import dnd.metrics.server.promql.plan.SelectPlan;
import dnd.metrics.server.promql.plan.StepGrid;
import dnd.metrics.server.promql.plan.StringPlan;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs one plan and makes its value of what the operators return. For one query. */
final class Evaluation {
  private final QueryContext context;
  private final Operators operators;
  private final StepGrid grid;
  private final boolean isRange;

  Evaluation(QueryContext context, QueryTimes times) {
    this.context = context;
    this.operators = new Operators(context);
    this.grid = times.grid();
    this.isRange = times.stepMillis() != 0;
  }

  QueryValue evaluate(Plan plan) {
    context.check();
    return switch (plan.type()) {
      case STRING -> new StringValue(grid.startMillis(), ((StringPlan) plan).value());
      case SCALAR -> {
        double[] values = operators.scalar(plan, grid).values();
        yield isRange
            ? new MatrixValue(
                grid.count() == 0
                    ? List.of()
                    : List.of(matrixSeries(new StepSeries(Labels.empty(), false, values))))
            : new ScalarValue(grid.startMillis(), values[0]);
      }
      case VECTOR -> isRange ? matrix(plan) : vector(plan);
      case MATRIX -> samples(plan);
    };
  }

  private List<StepSeries> series(Plan plan) {
    if (grid.count() == 0) {
      return List.of();
    }
    return SeriesList.drain(context, operators.vector(plan, grid));
  }

  /** Drops the names that were marked, which may make one series of several. */
  private List<StepSeries> finishNames(List<StepSeries> series) {
    for (StepSeries one : series) {
      context.checkNowAndThen();
      if (one.dropName) {
        one.relabel(MetricNames.drop(one.labels()), 0);
        context.count(one);
      }
    }
    return MergeSameLabels.merge(context, series, grid.count());
  }

  /** Whether the series are those of storage, where no two have the same labels. */
  private static boolean isOfOneSelector(Plan plan) {
    return switch (plan) {
      case SelectPlan p -> true;
      case CallPlan p when p.function().name().startsWith("sort") ->
          isOfOneSelector(p.children().getFirst());
      default -> false;
    };
  }

  private VectorValue vector(Plan plan) {
    context.willKeep(KeptSelection.of(plan), VectorSample.BYTES);
    List<VectorSample> samples = new ArrayList<>();
    if (isOfOneSelector(plan)) {
      SeriesOperator operator = operators.vector(plan, grid);
      StepSeries one;
      while ((one = operator.next()) != null) {
        context.check();
        if (one.has(0)) {
          context.memory.reserve(VectorSample.BYTES + one.bytesBesideValues(), 1);
          samples.add(sample(one));
        }
        context.release(one);
      }
      return new VectorValue(samples);
    }
    for (StepSeries one : finishNames(series(plan))) {
      context.checkNowAndThen();
      if (one.has(0)) {
        context.memory.reserve(VectorSample.BYTES, 0);
        samples.add(sample(one));
      }
    }
    return new VectorValue(samples);
  }

  private VectorSample sample(StepSeries one) {
    Histogram histogram = one.histogram(0);
    double value = histogram == null ? one.values[0] : 0;
    return new VectorSample(one.labels(), grid.startMillis(), value, histogram);
  }

  /** Makes a row of each series as it comes, so that its array can be used for the next. */
  private MatrixValue matrix(Plan plan) {
    List<MatrixSeries> rows = new ArrayList<>();
    if (grid.count() > 0) {
      context.willKeep(KeptSelection.of(plan), MatrixSeries.BYTES + 16);
      SeriesOperator operator = operators.vector(plan, grid);
      StepSeries one;
      while ((one = operator.next()) != null) {
        context.check();
        if (one.dropName) {
          one.relabel(MetricNames.drop(one.labels()), 0);
        }
        MatrixSeries row = matrixSeries(one);
        long beside = one.bytesBesideValues();
        context.release(one);
        context.memory.reserve(MatrixSeries.BYTES + 16L * row.size() + beside, row.size());
        if (row.size() > 0) {
          rows.add(row);
        }
      }
    }
    rows.sort(context.stoppable(Comparator.naturalOrder()));
    return new MatrixValue(MergeRows.merge(rows));
  }

  private MatrixSeries matrixSeries(StepSeries series) {
    int steps = grid.count();
    int size = series.count(steps);
    long[] times = new long[size];
    double[] values = new double[size];
    @Nullable Histogram[] histograms = series.histograms == null ? null : new Histogram[size];
    int n = 0;
    for (int i = 0; i < steps && n < size; i++) {
      Histogram histogram = series.histogram(i);
      if (histogram == null && !series.hasFloat(i)) {
        continue;
      }
      times[n] = grid.time(i);
      if (histogram != null && histograms != null) {
        histograms[n] = histogram;
      } else {
        values[n] = series.values[i];
      }
      n++;
    }
    return new MatrixSeries(series.labels(), times, values, histograms);
  }

  private static long histogramBytes(MatrixSeries row) {
    long bytes = 0;
    for (int i = 0; row.histograms() != null && i < row.size(); i++) {
      Histogram histogram = row.histogram(i);
      bytes += histogram == null ? 0 : histogram.heapBytes();
    }
    return bytes;
  }

  /** The samples of a range selector or subquery. */
  private MatrixValue samples(Plan plan) {
    RangeSource source = operators.range(plan, grid, false);
    RangeMode mode = RangeFunctions.mode(plan);
    Windows windows = RangeFunctions.windows(plan, grid, context);
    RangeSamples samples = new RangeSamples();
    List<MatrixSeries> result = new ArrayList<>();
    while (source.next(samples)) {
      windows.slideOver(samples);
      MatrixSeries row =
          mode == RangeMode.PLAIN
              ? RangeRows.row(samples, windows)
              : ExtendedRows.row(samples, windows, mode);
      if (row.size() > 0) {
        context.memory.reserve(
            MatrixSeries.BYTES + 16L * row.size() + histogramBytes(row), row.size());
        result.add(row);
      }
    }
    result = RangeRows.mergeSameLabels(result);
    Collections.sort(result);
    return new MatrixValue(result);
  }
}
