package dnd.metrics.server.promql.parse;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An instant query evaluated over a range: {@code expr[range:step]}.
 *
 * @param rangeMillis the range's length; 0 where {@code rangeExpr} was not yet resolved
 * @param rangeExpr the range where it is an expression ({@link Durations#resolve})
 * @param stepMillis the step; 0 for the default, or where {@code stepExpr} was not yet resolved
 * @param stepExpr the step where it is an expression
 * @param offsetMillis how far back to look; 0 where {@code offsetExpr} was not yet resolved
 * @param offsetExpr the offset where it is an expression
 * @param at what the {@code @} modifier pins it to
 */
public record Subquery(
    Expr expr,
    long rangeMillis,
    @Nullable DurationExpr rangeExpr,
    long stepMillis,
    @Nullable DurationExpr stepExpr,
    long offsetMillis,
    @Nullable DurationExpr offsetExpr,
    @Nullable AtModifier at,
    PositionRange position)
    implements Expr {
  @Override
  public ValueType type() {
    return ValueType.MATRIX;
  }

  @Override
  public List<Expr> children() {
    return List.of(expr);
  }
}
