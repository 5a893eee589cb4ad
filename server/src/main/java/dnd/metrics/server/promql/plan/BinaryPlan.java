package dnd.metrics.server.promql.plan;

import dnd.metrics.server.promql.parse.BinaryOp;
import dnd.metrics.server.promql.parse.PositionRange;
import dnd.metrics.server.promql.parse.ValueType;
import dnd.metrics.server.promql.parse.VectorMatching;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An operator between two plans; {@code matching} is there where both are instant vectors. */
public record BinaryPlan(
    BinaryOp op,
    Plan left,
    Plan right,
    boolean returnBool,
    @Nullable VectorMatching matching,
    PositionRange position)
    implements Plan {
  @Override
  public ValueType type() {
    return left.type() == ValueType.SCALAR && right.type() == ValueType.SCALAR
        ? ValueType.SCALAR
        : ValueType.VECTOR;
  }

  @Override
  public List<Plan> children() {
    return List.of(left, right);
  }

  @Override
  public Plan withChildren(List<Plan> children) {
    return new BinaryPlan(op, children.get(0), children.get(1), returnBool, matching, position);
  }

  @Override
  public String describe() {
    StringBuilder out = new StringBuilder("binary ").append(op.symbol());
    if (returnBool) {
      out.append(" bool");
    }
    if (matching != null) {
      out.append(' ').append(matching.cardinality().text());
      if (matching.on() || !matching.labels().isEmpty()) {
        out.append(matching.on() ? " on " : " ignoring ").append(PlanText.names(matching.labels()));
      }
      if (!matching.include().isEmpty()) {
        out.append(" include ").append(PlanText.names(matching.include()));
      }
      if (matching.fillLeft() != null) {
        out.append(" fill_left ").append(matching.fillLeft());
      }
      if (matching.fillRight() != null) {
        out.append(" fill_right ").append(matching.fillRight());
      }
    }
    return out.toString();
  }
}
