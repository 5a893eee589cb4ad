package dnd.metrics.server.promql.plan;

import dnd.metrics.server.promql.parse.PositionRange;
import dnd.metrics.server.promql.parse.ValueType;
import java.util.List;

/** A range selector: of every series all samples of a window before each step. */
public record RangePlan(Selection selection, long rangeMillis, PositionRange position)
    implements Plan {
  @Override
  public ValueType type() {
    return ValueType.MATRIX;
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
    return "range " + rangeMillis + " " + selection;
  }
}
