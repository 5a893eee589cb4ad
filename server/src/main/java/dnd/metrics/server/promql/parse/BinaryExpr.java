package dnd.metrics.server.promql.parse;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An operator between two expressions.
 *
 * @param returnBool whether a comparison returns 0 or 1 rather than filtering
 * @param matching how the sides match where both are instant vectors; else null
 */
public record BinaryExpr(
    BinaryOp op, Expr lhs, Expr rhs, boolean returnBool, @Nullable VectorMatching matching)
    implements Expr {
  @Override
  public ValueType type() {
    return lhs.type() == ValueType.SCALAR && rhs.type() == ValueType.SCALAR
        ? ValueType.SCALAR
        : ValueType.VECTOR;
  }

  @Override
  public PositionRange position() {
    return PositionRange.between(lhs.position(), rhs.position());
  }

  @Override
  public List<Expr> children() {
    return List.of(lhs, rhs);
  }
}
