package dnd.metrics.server.promql.plan;

import dnd.metrics.server.promql.parse.BinaryOp;
import java.util.ArrayList;
import java.util.List;

/**
 * Rewrite: selectors under {@code histogram_count}, {@code histogram_sum} and {@code histogram_avg}
 * leave the buckets of native histograms aside, unless something on the way up needs them.
 */
public final class SelectStatistics {
  private SelectStatistics() {}

  public static Plan rewrite(Plan plan) {
    return rewrite(plan, List.of());
  }

  private static Plan rewrite(Plan plan, List<Plan> above) {
    if (plan instanceof SelectPlan select) {
      return suffices(above)
          ? new SelectPlan(select.selection().withOnlyStatistics(), select.position())
          : select;
    }
    if (plan instanceof RangePlan range) {
      return suffices(above)
          ? new RangePlan(
              range.selection().withOnlyStatistics(), range.rangeMillis(), range.position())
          : range;
    }
    List<Plan> path = new ArrayList<>(above);
    path.add(plan);
    List<Plan> children = new ArrayList<>();
    for (Plan child : plan.children()) {
      children.add(rewrite(child, path));
    }
    return plan.withChildren(children);
  }

  /** Whether all that stands above a selector makes do with count and sum. */
  private static boolean suffices(List<Plan> above) {
    boolean asked = false;
    for (Plan plan : above.reversed()) {
      switch (plan) {
        case SubqueryPlan p -> {
          // Resets inside subqueries are found by their buckets.
          return false;
        }
        case CallPlan p -> {
          switch (p.function().name()) {
            case "histogram_count", "histogram_sum", "histogram_avg" -> asked = true;
            case "histogram_quantile", "histogram_quantiles", "histogram_fraction" -> {
              return false;
            }
            default -> {}
          }
        }
        case BinaryPlan p -> {
          if (p.op() == BinaryOp.TRIM_LOWER || p.op() == BinaryOp.TRIM_UPPER) {
            return false;
          }
        }
        case AggregatePlan p -> {}
        case InvariantPlan p -> {}
        case NegatePlan p -> {}
        case SharedPlan p -> {}
        case NumberPlan p -> {}
        case StringPlan p -> {}
        case SelectPlan p -> {}
        case RangePlan p -> {}
      }
    }
    return asked;
  }
}
