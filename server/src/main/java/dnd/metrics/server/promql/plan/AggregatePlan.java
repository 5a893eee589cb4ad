package dnd.metrics.server.promql.plan;

import dnd.metrics.server.promql.parse.AggregateOp;
import dnd.metrics.server.promql.parse.PositionRange;
import dnd.metrics.server.promql.parse.ValueType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An aggregation over series; {@code grouping} is sorted. */
public record AggregatePlan(
    AggregateOp op,
    Plan inner,
    @Nullable Plan param,
    List<String> grouping,
    boolean without,
    PositionRange position)
    implements Plan {
  public AggregatePlan {
    grouping = grouping.stream().sorted().toList();
  }

  @Override
  public ValueType type() {
    return ValueType.VECTOR;
  }

  @Override
  public List<Plan> children() {
    return param == null ? List.of(inner) : List.of(inner, param);
  }

  @Override
  public Plan withChildren(List<Plan> children) {
    return new AggregatePlan(
        op,
        children.get(0),
        children.size() > 1 ? children.get(1) : null,
        grouping,
        without,
        position);
  }

  @Override
  public String describe() {
    String names = PlanText.names(grouping);
    return "aggregate "
        + op.symbol()
        + (without ? " without " + names : grouping.isEmpty() ? "" : " by " + names);
  }
}
