package dnd.metrics.server.promql.plan;

import dnd.metrics.server.promql.parse.PositionRange;
import dnd.metrics.server.promql.parse.ValueType;
import java.util.List;

/** An instant selector: of every series the newest sample within the lookback. */
public record SelectPlan(Selection selection, PositionRange position) implements Plan {
  @Override
  public ValueType type() {
    return ValueType.VECTOR;
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
    return "select " + selection;
  }
}
