package dnd.metrics.server.promql.parse;

import java.util.List;

/**
 * A number, or a duration used as one.
 *
 * @param value the number; of a duration its seconds
 * @param duration whether it was written as a duration ({@code 5m}) and is to be printed as one
 */
public record NumberLiteral(double value, boolean duration, PositionRange position)
    implements Expr, DurationTerm {
  @Override
  public ValueType type() {
    return ValueType.SCALAR;
  }

  @Override
  public List<Expr> children() {
    return List.of();
  }
}
