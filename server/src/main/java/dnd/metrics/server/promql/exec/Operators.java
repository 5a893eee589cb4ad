package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.promql.parse.BinaryOp;
import dnd.metrics.server.promql.parse.PositionRange;
import dnd.metrics.server.promql.parse.ValueType;
import dnd.metrics.server.promql.plan.AggregatePlan;
import dnd.metrics.server.promql.plan.BinaryPlan;
import dnd.metrics.server.promql.plan.CallPlan;
import dnd.metrics.server.promql.plan.FoldConstants;
import dnd.metrics.server.promql.plan.InvariantPlan;
import dnd.metrics.server.promql.plan.NegatePlan;
import dnd.metrics.server.promql.plan.NumberPlan;
import dnd.metrics.server.promql.plan.Plan;
import dnd.metrics.server.promql.plan.RangePlan;
import dnd.metrics.server.promql.plan.ResolveTimes;
import dnd.metrics.server.promql.plan.SelectPlan;
import dnd.metrics.server.promql.plan.SharedPlan;
import dnd.metrics.server.promql.plan.StepGrid;
import dnd.metrics.server.promql.plan.StringPlan;
import dnd.metrics.server.promql.plan.SubqueryPlan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Makes operators of plans: {@link #vector}, {@link #scalar} and {@link #range} by type. */
final class Operators {
  private final QueryContext context;
  private final VectorFunctions functions;

  /** What stands in several places, by its number. */
  private final Map<Integer, SharedSeries> shared = new HashMap<>();

  Operators(QueryContext context) {
    this.context = context;
    this.functions = new VectorFunctions(context, this);
  }

  /** The operator of an instant vector, evaluated at the times of {@code grid}. */
  SeriesOperator vector(Plan plan, StepGrid grid) {
    Measurements measurements = context.measurements;
    return measurements == null
        ? countedVector(plan, grid)
        : measurements.vector(plan, grid.count(), () -> countedVector(plan, grid));
  }

  /** What an operator returns is in the query's memory from then on. */
  private SeriesOperator countedVector(Plan plan, StepGrid grid) {
    SeriesOperator operator = makeVector(plan, grid);
    return () -> {
      StepSeries series = operator.next();
      if (series != null) {
        context.count(series);
      }
      return series;
    };
  }

  private SeriesOperator makeVector(Plan plan, StepGrid grid) {
    return switch (plan) {
      case SelectPlan p -> InstantSelects.of(context, p, grid, InstantSelect.Take.VALUE);
      case InvariantPlan p ->
          new OnceOperator(context, vector(p.inner(), grid.first()), grid.count());
      case NegatePlan p ->
          distinct(new NegateOperator(context, vector(p.inner(), grid), grid.count()), grid);
      case BinaryPlan p -> binary(p, grid);
      case AggregatePlan p -> aggregate(p, grid);
      case CallPlan p -> functions.of(p, grid);
      case SharedPlan p -> shared(p, grid);
      case NumberPlan p -> throw notA("vector", p);
      case StringPlan p -> throw notA("vector", p);
      case RangePlan p -> throw notA("vector", p);
      case SubqueryPlan p -> throw notA("vector", p);
    };
  }

  private SeriesOperator shared(SharedPlan p, StepGrid grid) {
    SharedSeries series = shared.get(p.number());
    if (series == null) {
      series = new SharedSeries(context, vector(p.inner(), grid), grid.count());
      shared.put(p.number(), series);
    }
    return series.place();
  }

  /** Where names are dropped at once, series may come to have the same labels. */
  SeriesOperator distinct(SeriesOperator operator, StepGrid grid) {
    return context.delayedNameRemoval
        ? operator
        : new MergeSameLabels(context, operator, grid.count());
  }

  /** The values of a scalar at the times of {@code grid}. */
  ScalarOperator scalar(Plan plan, StepGrid grid) {
    Measurements measurements = context.measurements;
    return measurements == null
        ? makeScalar(plan, grid)
        : measurements.scalar(plan, grid.count(), () -> makeScalar(plan, grid));
  }

  private ScalarOperator makeScalar(Plan plan, StepGrid grid) {
    int steps = grid.count();
    return switch (plan) {
      case NumberPlan p -> () -> constant(p.value(), steps);
      case InvariantPlan p -> {
        ScalarOperator once = scalar(p.inner(), grid.first());
        yield () -> steps == 0 ? context.array(0) : constant(once.values()[0], steps);
      }
      case NegatePlan p -> {
        ScalarOperator inner = scalar(p.inner(), grid);
        yield () -> {
          double[] values = inner.values();
          for (int i = 0; i < steps; i++) {
            values[i] = -values[i];
          }
          return values;
        };
      }
      case BinaryPlan p -> {
        ScalarOperator left = scalar(p.left(), grid);
        ScalarOperator right = scalar(p.right(), grid);
        yield () -> {
          double[] l = left.values();
          double[] r = right.values();
          if (!FoldConstants.isDefined(p.op())) {
            throw QueryException.execution(
                "operator \"" + p.op().symbol() + "\" not allowed for Scalar operations");
          }
          for (int i = 0; i < steps; i++) {
            l[i] = FoldConstants.compute(p.op(), l[i], r[i]);
          }
          context.release(r);
          return l;
        };
      }
      case CallPlan p -> functions.scalar(p, grid);
      case SharedPlan p -> scalar(p.inner(), grid);
      case StringPlan p -> throw notA("scalar", p);
      case SelectPlan p -> throw notA("scalar", p);
      case RangePlan p -> throw notA("scalar", p);
      case SubqueryPlan p -> throw notA("scalar", p);
      case AggregatePlan p -> throw notA("scalar", p);
    };
  }

  private double[] constant(double value, int steps) {
    double[] values = context.array(steps);
    Arrays.fill(values, value);
    return values;
  }

  /** The series of a range vector that a function goes over. */
  RangeSource range(Plan plan, StepGrid grid) {
    return range(plan, grid, true);
  }

  /** The series of a range vector, which is a function's argument or the answer itself. */
  RangeSource range(Plan plan, StepGrid grid, boolean isArgument) {
    Measurements measurements = context.measurements;
    return measurements == null
        ? makeRange(plan, grid, isArgument)
        : measurements.range(plan, () -> makeRange(plan, grid, isArgument));
  }

  private RangeSource makeRange(Plan plan, StepGrid grid, boolean isArgument) {
    return switch (plan) {
      case RangePlan p -> new SelectedRange(context, p.selection());
      case SubqueryPlan p -> {
        StepGrid inner = ResolveTimes.subqueryGrid(p, grid);
        if (inner.count() == 0) {
          yield into -> false; // not even the errors of what is in it
        }
        SeriesOperator operator =
            p.inner().type() == ValueType.SCALAR
                ? new VectorOf(scalar(p.inner(), inner))
                : vector(p.inner(), inner);
        yield new SubqueryRange(context, operator, inner, isArgument);
      }
      case SharedPlan p -> range(p.inner(), grid, isArgument);
      case NumberPlan p -> throw notA("range vector", p);
      case StringPlan p -> throw notA("range vector", p);
      case SelectPlan p -> throw notA("range vector", p);
      case InvariantPlan p -> throw notA("range vector", p);
      case NegatePlan p -> throw notA("range vector", p);
      case BinaryPlan p -> throw notA("range vector", p);
      case AggregatePlan p -> throw notA("range vector", p);
      case CallPlan p -> throw notA("range vector", p);
    };
  }

  private static IllegalArgumentException notA(String type, Plan plan) {
    return new IllegalArgumentException("not a " + type + ": " + plan.describe());
  }

  private SeriesOperator binary(BinaryPlan p, StepGrid grid) {
    int steps = grid.count();
    boolean leftIsScalar = p.left().type() == ValueType.SCALAR;
    if (leftIsScalar || p.right().type() == ValueType.SCALAR) {
      SampleOperation operation =
          new SampleOperation(context, p.op(), p.returnBool(), p.position(), steps);
      SeriesOperator vector = vector(leftIsScalar ? p.right() : p.left(), grid);
      ScalarOperator scalar = scalar(leftIsScalar ? p.left() : p.right(), grid);
      return distinct(
          new VectorScalarOperator(
              context, vector, scalar, leftIsScalar, operation, p.op(), p.returnBool(), steps),
          grid);
    }
    SeriesOperator left = vector(p.left(), grid);
    SeriesOperator right = vector(p.right(), grid);
    var matching = Objects.requireNonNull(p.matching());
    if (p.op() == BinaryOp.OR) {
      return new OrOperator(context, left, right, matching, steps);
    }
    if (p.op().isSet()) {
      context.annotations.evaluatedBackwards(p.left().position(), p.right().position());
      return new SetOperator(context, left, right, p.op(), matching, steps);
    }
    SampleOperation operation =
        new SampleOperation(context, p.op(), p.returnBool(), p.position(), steps);
    return new VectorVectorOperator(
        context, left, right, p.op(), matching, p.returnBool(), operation, steps);
  }

  private SeriesOperator aggregate(AggregatePlan p, StepGrid grid) {
    int steps = grid.count();
    SeriesOperator inner = vector(p.inner(), grid);
    Grouping grouping = new Grouping(p.grouping(), p.without());
    AggregateCall call = new AggregateCall(context, steps, p.inner().position());
    return switch (p.op()) {
      case SUM -> grouped(inner, grouping, () -> new SumAccumulator(call), steps);
      case AVG -> grouped(inner, grouping, () -> new AverageAccumulator(call), steps);
      case COUNT -> grouped(inner, grouping, () -> new CountAccumulator(call, false), steps);
      case GROUP -> grouped(inner, grouping, () -> new CountAccumulator(call, true), steps);
      case MAX -> grouped(inner, grouping, () -> new ExtremeAccumulator(call, true), steps);
      case MIN -> grouped(inner, grouping, () -> new ExtremeAccumulator(call, false), steps);
      case STDDEV -> grouped(inner, grouping, () -> new VarianceAccumulator(call, true), steps);
      case STDVAR -> grouped(inner, grouping, () -> new VarianceAccumulator(call, false), steps);
      case QUANTILE -> {
        double[] quantiles = parameter(p, grid);
        SeriesOperator checked =
            new EndOfSeries(inner, () -> warnOfQuantiles(quantiles, steps, param(p).position()));
        yield grouped(checked, grouping, () -> new QuantileAccumulator(call, quantiles), steps);
      }
      case TOPK, BOTTOMK ->
          new TopOperator(
              context,
              inner,
              grouping,
              p.op() == dnd.metrics.server.promql.parse.AggregateOp.TOPK,
              parameter(p, grid),
              steps,
              p.position());
      case LIMITK -> new LimitOperator(context, inner, grouping, parameter(p, grid), steps);
      case LIMIT_RATIO ->
          new LimitRatioOperator(context, inner, parameter(p, grid), steps, param(p).position());
      case COUNT_VALUES -> countValues(p, inner, steps);
    };
  }

  private SeriesOperator grouped(
      SeriesOperator inner, Grouping grouping, GroupAccumulator.Factory factory, int steps) {
    return new AggregateOperator(context, inner, grouping, factory, steps);
  }

  private static Plan param(AggregatePlan p) {
    return Objects.requireNonNull(p.param());
  }

  private double[] parameter(AggregatePlan p, StepGrid grid) {
    return scalar(param(p), grid).values();
  }

  private void warnOfQuantiles(double[] quantiles, int steps, PositionRange position) {
    double max = Double.NEGATIVE_INFINITY;
    double min = Double.POSITIVE_INFINITY;
    boolean anyNaN = false;
    for (int i = 0; i < steps; i++) {
      anyNaN |= Double.isNaN(quantiles[i]);
      max = Math.max(max, quantiles[i]);
      min = Math.min(min, quantiles[i]);
    }
    if (anyNaN) {
      context.annotations.add(Annotation.invalidQuantile(Double.NaN, position));
    }
    if (max > 1) {
      context.annotations.add(Annotation.invalidQuantile(max, position));
    }
    if (min < 0) {
      context.annotations.add(Annotation.invalidQuantile(min, position));
    }
  }

  private SeriesOperator countValues(AggregatePlan p, SeriesOperator inner, int steps) {
    String valueLabel = ((StringPlan) param(p)).value();
    if (valueLabel.isEmpty()) {
      StringBuilder quoted = new StringBuilder();
      Labels.quote(quoted, valueLabel);
      throw QueryException.execution("invalid label name " + quoted);
    }
    List<String> labels = new ArrayList<>(p.grouping());
    if (!p.without()) {
      labels.add(valueLabel);
    }
    return new CountValuesOperator(
        context,
        inner,
        new Grouping(labels, p.without()),
        valueLabel,
        !p.without() || !labels.contains(valueLabel),
        steps);
  }
}
