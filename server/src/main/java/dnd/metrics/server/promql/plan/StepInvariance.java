package dnd.metrics.server.promql.plan;

import dnd.metrics.server.promql.parse.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Rewrite: what has the same value at every step ({@code @} on every selector in it) is evaluated
 * once, as high up in the tree as possible. Ranges and literals stay as they are.
 */
public final class StepInvariance {
  /** Functions that read the evaluation time, and so vary over arguments that do not. */
  private static final Set<String> READ_THE_TIME =
      Set.of(
          "days_in_month",
          "day_of_month",
          "day_of_week",
          "day_of_year",
          "hour",
          "minute",
          "month",
          "year",
          "predict_linear",
          "time",
          "timestamp");

  private StepInvariance() {}

  public static Plan rewrite(Plan plan) {
    return isInvariant(plan) ? once(plan) : rewriteBelow(plan);
  }

  private static Plan rewriteBelow(Plan plan) {
    List<Plan> children = new ArrayList<>();
    for (Plan child : plan.children()) {
      children.add(rewrite(child));
    }
    return plan.withChildren(children);
  }

  private static Plan once(Plan plan) {
    if (plan instanceof SubqueryPlan) {
      return rewriteBelow(plan);
    }
    boolean worthwhile =
        plan.type() != ValueType.MATRIX
            && plan.type() != ValueType.STRING
            && !(plan instanceof NumberPlan);
    return worthwhile ? new InvariantPlan(plan, plan.position()) : plan;
  }

  private static boolean isInvariant(Plan plan) {
    return switch (plan) {
      case NumberPlan p -> true;
      case StringPlan p -> true;
      case SelectPlan p -> p.selection().lookup().isPinned();
      case RangePlan p -> p.selection().lookup().isPinned();
      case SubqueryPlan p -> p.lookup().isPinned();
      case CallPlan p ->
          READ_THE_TIME.contains(p.function().name())
              ? p.function().name().equals("timestamp")
                  && p.children().getFirst() instanceof SelectPlan select
                  && isInvariant(select)
              : p.children().stream().allMatch(StepInvariance::isInvariant);
      // The parameter is left out on purpose: Prometheus leaves it out too.
      case AggregatePlan p -> isInvariant(p.inner());
      case BinaryPlan p -> isInvariant(p.left()) && isInvariant(p.right());
      case NegatePlan p -> isInvariant(p.inner());
      case InvariantPlan p -> true;
      case SharedPlan p -> isInvariant(p.inner());
    };
  }
}
