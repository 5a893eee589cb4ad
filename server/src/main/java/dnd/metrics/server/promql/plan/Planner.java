package dnd.metrics.server.promql.plan;

import dnd.metrics.server.promql.parse.AggregateExpr;
import dnd.metrics.server.promql.parse.AtModifier;
import dnd.metrics.server.promql.parse.BinaryExpr;
import dnd.metrics.server.promql.parse.Call;
import dnd.metrics.server.promql.parse.Durations;
import dnd.metrics.server.promql.parse.Expr;
import dnd.metrics.server.promql.parse.MatrixSelector;
import dnd.metrics.server.promql.parse.NumberLiteral;
import dnd.metrics.server.promql.parse.ParenExpr;
import dnd.metrics.server.promql.parse.StringLiteral;
import dnd.metrics.server.promql.parse.Subquery;
import dnd.metrics.server.promql.parse.UnaryExpr;
import dnd.metrics.server.promql.parse.VectorSelector;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes the first, literal plan of a syntax tree: parentheses and unary plus gone, duration
 * expressions computed, {@code start()}, {@code end()}, {@code range()} and {@code step()} replaced
 * by their numbers, {@code @ start()} and {@code @ end()} by times. {@link #optimized} also runs
 * the rewrites.
 */
public final class Planner {
  private final QueryTimes times;
  private final long subqueryStepMillis;

  private Planner(QueryTimes times, long subqueryStepMillis) {
    this.times = times;
    this.subqueryStepMillis = subqueryStepMillis;
  }

  /**
   * @param subqueryStepMillis the step of subqueries that name none
   * @throws dnd.metrics.server.promql.parse.DurationException where a duration has no usable value
   */
  public static Plan plan(Expr expr, QueryTimes times, long subqueryStepMillis) {
    Expr resolved =
        Durations.resolve(expr, times.stepMillis(), times.endMillis() - times.startMillis());
    return new Planner(times, subqueryStepMillis).plan(resolved);
  }

  /** The plan as it is run over raw samples. */
  public static Plan optimized(
      Expr expr, QueryTimes times, long subqueryStepMillis, long lookbackMillis) {
    return optimized(expr, times, subqueryStepMillis, lookbackMillis, List.of());
  }

  /**
   * The plan as it is run.
   *
   * @param resolutionsMillis of which there are downsampled samples
   */
  public static Plan optimized(
      Expr expr,
      QueryTimes times,
      long subqueryStepMillis,
      long lookbackMillis,
      List<Long> resolutionsMillis) {
    Plan plan = plan(expr, times, subqueryStepMillis);
    plan = FoldConstants.rewrite(plan);
    plan = Downsample.rewrite(plan, times, resolutionsMillis);
    plan = SelectStatistics.rewrite(plan);
    plan = StepInvariance.rewrite(plan);
    plan = ResolveTimes.rewrite(plan, times.grid(), lookbackMillis);
    return ShareSubplans.rewrite(plan, times.grid());
  }

  private Plan plan(Expr expr) {
    return switch (expr) {
      case NumberLiteral e -> new NumberPlan(e.value(), e.position());
      case StringLiteral e -> new StringPlan(e.value(), e.position());
      case ParenExpr e -> plan(e.expr());
      case UnaryExpr e ->
          e.negative() ? new NegatePlan(plan(e.expr()), e.position()) : plan(e.expr());
      case BinaryExpr e ->
          new BinaryPlan(
              e.op(), plan(e.lhs()), plan(e.rhs()), e.returnBool(), e.matching(), e.position());
      case AggregateExpr e ->
          new AggregatePlan(
              e.op(),
              plan(e.expr()),
              e.param() == null ? null : plan(e.param()),
              e.grouping(),
              e.without(),
              e.position());
      case Call e -> planCall(e);
      case VectorSelector e -> new SelectPlan(selection(e), e.position());
      case MatrixSelector e ->
          new RangePlan(selection(e.selector()), e.rangeMillis(), e.position());
      case Subquery e ->
          new SubqueryPlan(
              plan(e.expr()),
              e.rangeMillis(),
              e.stepMillis() == 0 ? subqueryStepMillis : e.stepMillis(),
              new Lookup(atMillis(e.at()), e.offsetMillis()),
              e.position());
    };
  }

  private Plan planCall(Call e) {
    return switch (e.function().name()) {
      case "start" -> new NumberPlan(times.startMillis() / 1000.0, e.position());
      case "end" -> new NumberPlan(times.endMillis() / 1000.0, e.position());
      case "range" ->
          new NumberPlan((times.endMillis() - times.startMillis()) / 1000.0, e.position());
      case "step" ->
          new NumberPlan(
              times.startMillis() == times.endMillis() ? 0 : times.stepMillis() / 1000.0,
              e.position());
      default -> {
        List<Plan> args = e.args().stream().map(this::plan).toList();
        yield new CallPlan(e.function(), args, e.position());
      }
    };
  }

  private Selection selection(VectorSelector e) {
    Lookup lookup = new Lookup(atMillis(e.at()), e.offsetMillis());
    return new Selection(e.matchers(), lookup, e.mode(), false, 0, 0);
  }

  private @Nullable Long atMillis(@Nullable AtModifier at) {
    return switch (at) {
      case null -> null;
      case AtModifier.Time time -> time.millis();
      case AtModifier.Edge.START -> times.startMillis();
      case AtModifier.Edge.END -> times.endMillis();
    };
  }
}
