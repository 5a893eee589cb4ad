package dnd.metrics.server.promql.plan;

import dnd.metrics.server.promql.parse.PositionRange;
import dnd.metrics.server.promql.parse.ValueType;
import java.util.List;

/**
 * A subtree that stands in several places of the plan and is evaluated once; equal numbers are one
 * subtree.
 */
public record SharedPlan(Plan inner, int number, PositionRange position) implements Plan {
  @Override
  public ValueType type() {
    return inner.type();
  }

  @Override
  public List<Plan> children() {
    return List.of(inner);
  }

  @Override
  public Plan withChildren(List<Plan> children) {
    return new SharedPlan(children.getFirst(), number, position);
  }

  @Override
  public String describe() {
    return "shared #" + number;
  }
}
