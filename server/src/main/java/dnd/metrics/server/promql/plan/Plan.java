package dnd.metrics.server.promql.plan;

import dnd.metrics.server.promql.parse.PositionRange;
import dnd.metrics.server.promql.parse.ValueType;
import java.util.List;

/**
 * How a query is evaluated: an immutable tree, made of the syntax tree by {@link Planner} and
 * changed by rewrites into better trees of the same meaning. {@link PlanText} prints it.
 */
public sealed interface Plan
    permits AggregatePlan,
        BinaryPlan,
        CallPlan,
        InvariantPlan,
        NegatePlan,
        NumberPlan,
        RangePlan,
        SelectPlan,
        SharedPlan,
        StringPlan,
        SubqueryPlan {
  /** What kind of value it has. */
  ValueType type();

  /** Where the expression stands in the query's text. */
  PositionRange position();

  List<Plan> children();

  /** The same node over other children, as many as {@link #children} returns. */
  Plan withChildren(List<Plan> children);

  /** One line that says what the node does, without its children. */
  String describe();
}
