package dnd.metrics.server.promql.parse;

import java.util.List;

/** A function's call. */
public record Call(FunctionSignature function, List<Expr> args, PositionRange position)
    implements Expr {
  public Call {
    args = List.copyOf(args);
  }

  @Override
  public ValueType type() {
    return function.returnType();
  }

  @Override
  public List<Expr> children() {
    return args;
  }
}
