package dnd.metrics.server.promql.parse;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A selector over a range of time. Offset and {@code @} are its {@code selector}'s.
 *
 * @param rangeMillis the range's length; 0 where {@code rangeExpr} was not yet resolved
 * @param rangeExpr the range where it is an expression ({@link Durations#resolve})
 */
public record MatrixSelector(
    VectorSelector selector,
    long rangeMillis,
    @Nullable DurationExpr rangeExpr,
    PositionRange position)
    implements Expr {
  @Override
  public ValueType type() {
    return ValueType.MATRIX;
  }

  @Override
  public List<Expr> children() {
    return List.of(selector);
  }
}
