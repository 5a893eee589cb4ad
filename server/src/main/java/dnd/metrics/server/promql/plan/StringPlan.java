package dnd.metrics.server.promql.plan;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.promql.parse.PositionRange;
import dnd.metrics.server.promql.parse.ValueType;
import java.util.List;

/** A text. */
public record StringPlan(String value, PositionRange position) implements Plan {
  @Override
  public ValueType type() {
    return ValueType.STRING;
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
    StringBuilder out = new StringBuilder("string ");
    Labels.quote(out, value);
    return out.toString();
  }
}
