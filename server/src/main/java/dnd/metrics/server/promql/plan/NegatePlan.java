package dnd.metrics.server.promql.plan;

import dnd.metrics.server.promql.parse.PositionRange;
import dnd.metrics.server.promql.parse.ValueType;
import java.util.List;

/** Unary minus. */
public record NegatePlan(Plan inner, PositionRange position) implements Plan {
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
    return new NegatePlan(children.getFirst(), position);
  }

  @Override
  public String describe() {
    return "negate";
  }
}
