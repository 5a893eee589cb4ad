package dnd.metrics.server.promql.exec;

import dnd.metrics.server.promql.parse.PositionRange;
import dnd.metrics.server.promql.parse.ValueType;
import dnd.metrics.server.promql.parse.VectorSelector.RangeMode;
import dnd.metrics.server.promql.plan.CallPlan;
import dnd.metrics.server.promql.plan.Plan;
import dnd.metrics.server.promql.plan.RangePlan;
import dnd.metrics.server.promql.plan.StepGrid;
import dnd.metrics.server.promql.plan.SubqueryPlan;
import java.util.ArrayList;
import java.util.List;

/** Makes operators of calls of functions over range vectors. */
final class RangeFunctions {
  private final QueryContext context;
  private final Operators operators;

  RangeFunctions(QueryContext context, Operators operators) {
    this.context = context;
    this.operators = operators;
  }

  SeriesOperator of(CallPlan p, StepGrid grid) {
    String name = p.function().name();
    Plan matrix = null;
    List<double[]> scalars = new ArrayList<>();
    for (Plan argument : p.children()) {
      if (argument.type() == ValueType.MATRIX) {
        matrix = argument;
      } else {
        scalars.add(operators.scalar(argument, grid).values());
      }
    }
    if (matrix == null) {
      throw new IllegalArgumentException("no range vector in a call of " + name);
    }
    RangeCall call =
        new RangeCall(
            context,
            grid,
            scalars.toArray(double[][]::new),
            position(p.children().getFirst()),
            allArguments(p));
    RangeMode mode = mode(matrix);
    checkMode(mode, name);
    boolean keepsName = name.equals("last_over_time") || name.equals("first_over_time");
    SeriesOperator operator;
    if (matrix instanceof RangePlan range && context.measurements == null) {
      operator =
          new ParallelSelect(
              context,
              range.selection(),
              grid.count(),
              () -> {
                SelectedRange source = new SelectedRange(context, range.selection());
                return new SeriesPipeline(source, over(range, source, call, keepsName, name));
              });
    } else {
      operator = over(matrix, operators.range(matrix, grid), call, keepsName, name);
    }
    if (name.equals("absent_over_time")) {
      return new AbsentOperator(
          context, operator, VectorFunctions.absentLabels(p), true, grid.count());
    }
    return operators.distinct(operator, grid);
  }

  private SeriesOperator over(
      Plan matrix, RangeSource source, RangeCall call, boolean keepsName, String name) {
    RangeMode mode = mode(matrix);
    RangeFunction function =
        mode == RangeMode.PLAIN ? function(name, call) : extended(name, call, mode);
    Windows windows = windows(matrix, call.steps(), context);
    return new RangeCallOperator(context, source, function, windows, keepsName);
  }

  /**
   * The windows over a range vector's samples; those of extended modes reach further.
   *
   * @throws QueryException where there is no room for them
   */
  static Windows windows(Plan matrix, StepGrid grid, QueryContext context) {
    context.memory.reserve(Windows.bytes(grid.count()), 0);
    long lookbackMillis = context.lookbackMillis;
    return switch (matrix) {
      case RangePlan p -> {
        RangeMode mode = p.selection().mode();
        yield new Windows(
            p.selection().lookup().times(grid),
            p.rangeMillis(),
            mode == RangeMode.PLAIN ? 0 : lookbackMillis,
            mode == RangeMode.SMOOTHED ? lookbackMillis : 0);
      }
      case SubqueryPlan p -> new Windows(p.lookup().times(grid), p.rangeMillis());
      default -> throw new IllegalArgumentException("not a range vector: " + matrix.describe());
    };
  }

  static RangeMode mode(Plan matrix) {
    return matrix instanceof RangePlan p ? p.selection().mode() : RangeMode.PLAIN;
  }

  private static void checkMode(RangeMode mode, String function) {
    List<String> allowed =
        switch (mode) {
          case PLAIN -> List.of(function);
          case ANCHORED -> List.of("changes", "delta", "increase", "rate", "resets");
          case SMOOTHED -> List.of("delta", "increase", "rate");
        };
    if (!allowed.contains(function)) {
      throw QueryException.execution(
          (mode == RangeMode.ANCHORED ? "anchored" : "smoothed")
              + " modifier can only be used with: "
              + String.join(", ", allowed)
              + " - not with "
              + function);
    }
  }

  private static RangeFunction extended(String name, RangeCall call, RangeMode mode) {
    boolean smoothed = mode == RangeMode.SMOOTHED;
    return switch (name) {
      case "rate" -> new ExtendedRate(call, smoothed, true, true);
      case "increase" -> new ExtendedRate(call, smoothed, true, false);
      case "delta" -> new ExtendedRate(call, smoothed, false, false);
      case "changes" -> new TurnCounts(call, false, true);
      case "resets" -> new TurnCounts(call, true, true);
      default -> throw new IllegalArgumentException(name);
    };
  }

  /** Prometheus loses the place of subqueries and then says 1:1. */
  private static PositionRange position(Plan argument) {
    return argument instanceof SubqueryPlan ? new PositionRange(0, 0) : argument.position();
  }

  private static PositionRange allArguments(CallPlan p) {
    return PositionRange.between(
        position(p.children().getFirst()), position(p.children().getLast()));
  }

  private static RangeFunction function(String name, RangeCall call) {
    return switch (name) {
      case "rate" -> new ExtrapolatedRate(call, true, true);
      case "increase" -> new ExtrapolatedRate(call, true, false);
      case "delta" -> new ExtrapolatedRate(call, false, false);
      case "irate" -> new LastTwo(call, true);
      case "idelta" -> new LastTwo(call, false);
      case "changes" -> new TurnCounts(call, false, false);
      case "resets" -> new TurnCounts(call, true, false);
      case "deriv" -> new LinearRegression(call, false);
      case "predict_linear" -> new LinearRegression(call, true);
      case "double_exponential_smoothing" -> new DoubleExponentialSmoothing(call);
      case "count_over_time" -> new SampleCounts(false);
      case "present_over_time", "absent_over_time" -> new SampleCounts(true);
      case "first_over_time" -> new EdgeSample(false, false);
      case "last_over_time" -> new EdgeSample(true, false);
      case "ts_of_first_over_time" -> new EdgeSample(false, true);
      case "ts_of_last_over_time" -> new EdgeSample(true, true);
      case "max_over_time" -> new ExtremeOverTime(call, true, false);
      case "min_over_time" -> new ExtremeOverTime(call, false, false);
      case "ts_of_max_over_time" -> new ExtremeOverTime(call, true, true);
      case "ts_of_min_over_time" -> new ExtremeOverTime(call, false, true);
      case "sum_over_time" -> new SumOverTime(call, false);
      case "avg_over_time" -> new SumOverTime(call, true);
      case "stddev_over_time" -> new VarianceOverTime(call, true);
      case "stdvar_over_time" -> new VarianceOverTime(call, false);
      case "quantile_over_time" -> new QuantileOverTime(call);
      case "mad_over_time" -> new MedianDeviationOverTime(call);
      default -> throw VectorFunctions.notEvaluated(name);
    };
  }
}
