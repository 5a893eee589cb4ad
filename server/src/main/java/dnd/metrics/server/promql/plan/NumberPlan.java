package dnd.metrics.server.promql.plan;

import dnd.metrics.server.promql.parse.PositionRange;
import dnd.metrics.server.promql.parse.ValueType;
import java.util.List;

/** A number, the same at every step. */
public record NumberPlan(double value, PositionRange position) implements Plan {
  @Override
  public ValueType type() {
    return ValueType.SCALAR;
  }

  @Override
  public List<Plan> children() {
    return List.of();
  }

  @Override
  public Plan withChildren(List<Plan> children) {
    return this;
  }

  @Override
  public String describe() {
    return "number " + value;
  }
}
