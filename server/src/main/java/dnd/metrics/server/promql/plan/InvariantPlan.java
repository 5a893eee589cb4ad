package dnd.metrics.server.promql.plan;

import dnd.metrics.server.promql.parse.PositionRange;
import dnd.metrics.server.promql.parse.ValueType;
import java.util.List;

/** Something whose value is the same at every step: evaluated at the first, then repeated. */
public record InvariantPlan(Plan inner, PositionRange position) implements Plan {
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
    return new InvariantPlan(children.getFirst(), position);
  }

  @Override
  public String describe() {
    return "once";
  }
}
