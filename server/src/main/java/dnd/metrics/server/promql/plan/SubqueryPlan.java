package dnd.metrics.server.promql.plan;

import dnd.metrics.server.promql.parse.PositionRange;
import dnd.metrics.server.promql.parse.ValueType;
import java.util.List;

/** An instant query evaluated on a grid of its own, its results taken as samples of ranges. */
public record SubqueryPlan(
    Plan inner, long rangeMillis, long stepMillis, Lookup lookup, PositionRange position)
    implements Plan {
  @Override
  public ValueType type() {
    return ValueType.MATRIX;
  }

  @Override
  public List<Plan> children() {
    return List.of(inner);
  }

  @Override
  public Plan withChildren(List<Plan> children) {
    return new SubqueryPlan(children.getFirst(), rangeMillis, stepMillis, lookup, position);
  }

  @Override
  public String describe() {
    return "subquery " + rangeMillis + ":" + stepMillis + lookup;
  }
}
