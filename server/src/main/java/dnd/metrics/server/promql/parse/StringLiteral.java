package dnd.metrics.server.promql.parse;

import java.util.List;

/** A string, unquoted. */
public record StringLiteral(String value, PositionRange position) implements Expr {
  @Override
  public ValueType type() {
    return ValueType.STRING;
  }

  @Override
  public List<Expr> children() {
    return List.of();
  }
}
