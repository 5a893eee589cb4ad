package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.promql.parse.PositionRange;
import dnd.metrics.server.promql.parse.ValueType;
import dnd.metrics.server.promql.plan.CallPlan;
import dnd.metrics.server.promql.plan.Plan;
import dnd.metrics.server.promql.plan.RangePlan;
import dnd.metrics.server.promql.plan.SelectPlan;
import dnd.metrics.server.promql.plan.StepGrid;
import dnd.metrics.server.promql.plan.StringPlan;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** Makes operators of function calls. */
final class VectorFunctions {
  private final QueryContext context;
  private final Operators operators;
  private final RangeFunctions rangeFunctions;

  VectorFunctions(QueryContext context, Operators operators) {
    this.context = context;
    this.operators = operators;
    this.rangeFunctions = new RangeFunctions(context, operators);
  }

  /** The operator of a call that returns an instant vector. */
  SeriesOperator of(CallPlan p, StepGrid grid) {
    if (p.function().argumentTypes().contains(ValueType.MATRIX)) {
      return rangeFunctions.of(p, grid);
    }
    String name = p.function().name();
    DoubleUnaryOperator floatFunction = FloatFunctions.find(name);
    if (floatFunction != null) {
      SeriesOperator inner =
          p.children().isEmpty() ? times(grid) : operators.vector(p.children().getFirst(), grid);
      return mapped(inner, floatFunction, grid, p.children().isEmpty());
    }
    return switch (name) {
      case "round", "clamp", "clamp_min", "clamp_max" ->
          operators.distinct(
              new MapFloatsByStep(
                  context, argument(p, 0, grid), withScalars(p, grid), grid.count()),
              grid);
      case "absent" ->
          new AbsentOperator(context, argument(p, 0, grid), absentLabels(p), false, grid.count());
      case "vector" -> new VectorOf(operators.scalar(p.children().getFirst(), grid));
      case "timestamp", "start_timestamp" -> timestamps(p, grid);
      case "label_replace" ->
          merged(
              LabelRewrite.replace(
                  argument(p, 0, grid), text(p, 1), text(p, 2), text(p, 3), text(p, 4)),
              grid);
      case "label_join" ->
          merged(
              LabelRewrite.join(argument(p, 0, grid), text(p, 1), text(p, 2), texts(p, 3)), grid);
      case "sort", "sort_desc" -> {
        SeriesOperator inner = argument(p, 0, grid);
        warnOfSort(p, grid);
        yield SortOperator.byValue(context, inner, name.endsWith("desc"), grid.count());
      }
      case "sort_by_label", "sort_by_label_desc" -> {
        SeriesOperator inner = argument(p, 0, grid);
        warnOfSort(p, grid);
        yield SortOperator.byLabels(
            context, inner, texts(p, 1), name.endsWith("desc"), grid.count());
      }
      case "histogram_count" -> statistics(p, grid, Histogram::count);
      case "histogram_sum" -> statistics(p, grid, Histogram::sum);
      case "histogram_avg" -> statistics(p, grid, h -> h.sum() / h.count());
      case "histogram_stddev" -> statistics(p, grid, NativeVariance::standardDeviation);
      case "histogram_stdvar" -> statistics(p, grid, NativeVariance::variance);
      case "histogram_quantile" ->
          operators.distinct(HistogramQuantile.one(context, operators, p, grid), grid);
      case "histogram_quantiles" ->
          operators.distinct(HistogramQuantile.several(context, operators, p, grid), grid);
      case "histogram_fraction" ->
          operators.distinct(new HistogramFraction(context, operators, p, grid), grid);
      case "info" ->
          new InfoOperator(
              context, argument(p, 0, grid), p.children().getFirst(), infoMatchers(p), grid);
      default -> throw notEvaluated(name);
    };
  }

  private SeriesOperator statistics(
      CallPlan p, StepGrid grid, ToDoubleFunction<Histogram> statistic) {
    return operators.distinct(
        new HistogramStatistics(context, argument(p, 0, grid), statistic, grid.count()), grid);
  }

  private static List<Matcher> infoMatchers(CallPlan p) {
    return p.children().size() > 1 && p.children().get(1) instanceof SelectPlan select
        ? select.selection().matchers()
        : List.of();
  }

  static QueryException notEvaluated(String function) {
    return QueryException.execution("function " + function + " is not evaluated yet");
  }

  /** The values of a call that returns a scalar. */
  ScalarOperator scalar(CallPlan p, StepGrid grid) {
    int steps = grid.count();
    return switch (p.function().name()) {
      case "time" ->
          () -> {
            double[] values = context.array(steps);
            for (int i = 0; i < steps; i++) {
              values[i] = grid.time(i) / 1000.0;
            }
            return values;
          };
      case "pi" ->
          () -> {
            double[] values = context.array(steps);
            java.util.Arrays.fill(values, Math.PI);
            return values;
          };
      case "scalar" -> new ScalarOf(context, argument(p, 0, grid), steps);
      case "max_of", "min_of" -> {
        boolean max = p.function().name().equals("max_of");
        ScalarOperator a = operators.scalar(p.children().get(0), grid);
        ScalarOperator b = operators.scalar(p.children().get(1), grid);
        yield () -> {
          double[] values = a.values();
          double[] others = b.values();
          for (int i = 0; i < steps; i++) {
            values[i] = max ? GoMath.max(values[i], others[i]) : GoMath.min(values[i], others[i]);
          }
          return values;
        };
      }
      default -> throw notEvaluated(p.function().name());
    };
  }

  private SeriesOperator argument(CallPlan p, int i, StepGrid grid) {
    return operators.vector(p.children().get(i), grid);
  }

  private SeriesOperator merged(SeriesOperator operator, StepGrid grid) {
    return new MergeSameLabels(context, operator, grid.count());
  }

  private SeriesOperator mapped(
      SeriesOperator inner, DoubleUnaryOperator function, StepGrid grid, boolean ofTime) {
    SeriesOperator mapped = new MapFloats(context, inner, function, grid.count());
    return ofTime ? mapped : operators.distinct(mapped, grid);
  }

  /** The evaluation time as a vector, whole seconds. */
  private SeriesOperator times(StepGrid grid) {
    return new VectorOf(() -> {
      double[] values = context.array(grid.count());
      for (int i = 0; i < grid.count(); i++) {
        long wholeSeconds = grid.time(i) / 1000;
        values[i] = wholeSeconds;
      }
      return values;
    });
  }

  private SeriesOperator timestamps(CallPlan p, StepGrid grid) {
    Plan argument = p.children().getFirst();
    boolean ofStart = p.function().name().equals("start_timestamp");
    if (argument instanceof SelectPlan select) {
      if (ofStart && !context.startTimestamps) {
        return new SeriesList(List.of());
      }
      InstantSelect.Take take =
          ofStart ? InstantSelect.Take.START_TIMESTAMP : InstantSelect.Take.TIMESTAMP;
      return operators.distinct(InstantSelects.of(context, select, grid, take), grid);
    }
    if (ofStart) {
      SeriesOperator inner = operators.vector(argument, grid);
      // Evaluated for its errors and annotations; what is computed has no start.
      return () -> {
        for (StepSeries one = inner.next(); one != null; one = inner.next()) {
          context.release(one);
        }
        return null;
      };
    }
    return operators.distinct(
        new EvaluationTimes(context, operators.vector(argument, grid), grid), grid);
  }

  private Supplier<StepFloatFunction> withScalars(CallPlan p, StepGrid grid) {
    return switch (p.function().name()) {
      case "round" -> {
        if (p.children().size() == 1) {
          yield () -> (i, v) -> Math.floor(v + 0.5);
        }
        ScalarOperator nearest = operators.scalar(p.children().get(1), grid);
        yield () -> {
          double[] to = nearest.values();
          return (i, v) -> {
            double inverse = 1.0 / to[i];
            return Math.floor(v * inverse + 0.5) / inverse;
          };
        };
      }
      case "clamp" -> {
        ScalarOperator least = operators.scalar(p.children().get(1), grid);
        ScalarOperator most = operators.scalar(p.children().get(2), grid);
        yield () -> {
          double[] min = least.values();
          double[] max = most.values();
          return (i, v) ->
              max[i] < min[i] ? Absent.VALUE : GoMath.max(min[i], GoMath.min(max[i], v));
        };
      }
      case "clamp_min" -> {
        ScalarOperator least = operators.scalar(p.children().get(1), grid);
        yield () -> {
          double[] min = least.values();
          return (i, v) -> GoMath.max(min[i], v);
        };
      }
      case "clamp_max" -> {
        ScalarOperator most = operators.scalar(p.children().get(1), grid);
        yield () -> {
          double[] max = most.values();
          return (i, v) -> GoMath.min(max[i], v);
        };
      }
      default -> throw new IllegalArgumentException(p.function().name());
    };
  }

  static Labels absentLabels(CallPlan p) {
    return switch (p.children().getFirst()) {
      case SelectPlan select -> AbsentOperator.labels(select.selection().matchers());
      case RangePlan range -> AbsentOperator.labels(range.selection().matchers());
      default -> Labels.empty();
    };
  }

  private void warnOfSort(CallPlan p, StepGrid grid) {
    if (grid.count() > 1) {
      context.annotations.add(Annotation.sortInRangeQuery(p.position()));
    }
  }

  static String text(CallPlan p, int i) {
    return ((StringPlan) p.children().get(i)).value();
  }

  private static List<String> texts(CallPlan p, int from) {
    return p.children().subList(from, p.children().size()).stream()
        .map(plan -> ((StringPlan) plan).value())
        .toList();
  }

  /** Where all arguments of a call stand. */
  static PositionRange allArguments(CallPlan p) {
    return PositionRange.between(
        p.children().getFirst().position(), p.children().getLast().position());
  }
}
