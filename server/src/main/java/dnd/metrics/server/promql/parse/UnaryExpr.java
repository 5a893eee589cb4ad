package dnd.metrics.server.promql.parse;

import java.util.List;

/**
 * A sign in front of an expression. (In front of a number the parser folds it into the literal.)
 *
 * @param negative true for {@code -}, false for {@code +}
 */
public record UnaryExpr(boolean negative, Expr expr, PositionRange position) implements Expr {
  @Override
  public ValueType type() {
    return expr.type();
  }

  @Override
  public List<Expr> children() {
    return List.of(expr);
  }
}
