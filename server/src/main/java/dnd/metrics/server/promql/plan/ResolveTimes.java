package dnd.metrics.server.promql.plan;

import dnd.metrics.server.promql.parse.VectorSelector.RangeMode;
import java.util.ArrayList;
import java.util.List;

/** Rewrite: tells every selector which times it has to select samples from. */
public final class ResolveTimes {
  private final long lookbackMillis;

  private ResolveTimes(long lookbackMillis) {
    this.lookbackMillis = lookbackMillis;
  }

  /**
   * @param steps when the plan as a whole is evaluated
   * @param lookbackMillis how far instant selectors look back
   */
  public static Plan rewrite(Plan plan, StepGrid steps, long lookbackMillis) {
    return new ResolveTimes(lookbackMillis).resolve(plan, steps);
  }

  /** The grid on which a subquery evaluates what is in it, when itself evaluated at a grid. */
  public static StepGrid subqueryGrid(SubqueryPlan subquery, StepGrid steps) {
    StepGrid ends = subquery.lookup().times(steps);
    long step = subquery.stepMillis();
    long open = ends.startMillis() - subquery.rangeMillis();
    long first = step * (open / step);
    if (first <= open) {
      first += step;
    }
    return StepGrid.between(first, ends.endMillis(), step);
  }

  private Plan resolve(Plan plan, StepGrid steps) {
    return switch (plan) {
      case SelectPlan p -> new SelectPlan(instant(p.selection(), steps), p.position());
      case RangePlan p ->
          new RangePlan(
              range(p.selection(), p.rangeMillis(), steps), p.rangeMillis(), p.position());
      case SubqueryPlan p -> below(p, subqueryGrid(p, steps));
      case InvariantPlan p -> below(p, steps.first());
      case AggregatePlan p -> below(p, steps);
      case BinaryPlan p -> below(p, steps);
      case CallPlan p -> below(p, steps);
      case NegatePlan p -> below(p, steps);
      case SharedPlan p -> below(p, steps);
      case NumberPlan p -> p;
      case StringPlan p -> p;
    };
  }

  private Plan below(Plan plan, StepGrid steps) {
    List<Plan> children = new ArrayList<>();
    for (Plan child : plan.children()) {
      children.add(resolve(child, steps));
    }
    return plan.withChildren(children);
  }

  /** A sample that is exactly as old as the lookback no longer counts. */
  private Selection instant(Selection selection, StepGrid steps) {
    StepGrid times = selection.lookup().times(steps);
    long after =
        switch (selection.mode()) {
          case PLAIN, ANCHORED -> 0;
          case SMOOTHED -> lookbackMillis;
        };
    return selection.between(times.startMillis() - lookbackMillis + 1, times.endMillis() + after);
  }

  private Selection range(Selection selection, long rangeMillis, StepGrid steps) {
    StepGrid times = selection.lookup().times(steps);
    long before = rangeMillis + (selection.mode() == RangeMode.PLAIN ? 0 : lookbackMillis);
    long after = selection.mode() == RangeMode.SMOOTHED ? lookbackMillis : 0;
    return selection.between(times.startMillis() - before + 1, times.endMillis() + after);
  }
}
