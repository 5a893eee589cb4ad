package dnd.metrics.server.promql.plan;

import dnd.metrics.server.promql.parse.FunctionSignature;
import dnd.metrics.server.promql.parse.PositionRange;
import dnd.metrics.server.promql.parse.ValueType;
import java.util.List;

/** A function's call. */
public record CallPlan(FunctionSignature function, List<Plan> children, PositionRange position)
    implements Plan {
  public CallPlan {
    children = List.copyOf(children);
  }

  @Override
  public ValueType type() {
    return function.returnType();
  }

  @Override
  public Plan withChildren(List<Plan> newChildren) {
    return new CallPlan(function, newChildren, position);
  }

  @Override
  public String describe() {
    return "call " + function.name();
  }
}
