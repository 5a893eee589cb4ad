package dnd.metrics.server.promql.parse;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An aggregation over an instant vector.
 *
 * @param param the parameter, where the operator {@linkplain AggregateOp#hasParameter has one}: a
 *     string for {@code count_values}, else a scalar
 * @param grouping the labels of {@code by(...)} or {@code without(...)}
 * @param without whether {@code grouping} are the labels left out rather than kept
 */
public record AggregateExpr(
    AggregateOp op,
    Expr expr,
    @Nullable Expr param,
    List<String> grouping,
    boolean without,
    PositionRange position)
    implements Expr {
  public AggregateExpr {
    grouping = List.copyOf(grouping);
  }

  @Override
  public ValueType type() {
    return ValueType.VECTOR;
  }

  @Override
  public List<Expr> children() {
    List<Expr> children = new ArrayList<>(2);
    children.add(expr);
    if (param != null) {
      children.add(param);
    }
    return children;
  }
}
