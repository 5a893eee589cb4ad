package dnd.metrics.server.promql.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Rewrite: an aggregation that stands in the plan more than once, at the same times, is evaluated
 * once. Only aggregations: sharing keeps what is shared in memory, and their results are small,
 * while other vectors may be as large as the data.
 */
public final class ShareSubplans {
  /** A subtree as it prints, which leaves out its place in the text, and when it is evaluated. */
  private record Key(String plan, StepGrid steps) {}

  private final Map<Key, Integer> occurrences = new HashMap<>();
  private final Map<Key, Integer> numbers = new HashMap<>();

  /** The last of the equal subtrees, whose places annotations then name, as in Prometheus. */
  private final Map<Key, Plan> last = new HashMap<>();

  private ShareSubplans() {}

  /**
   * @param plan with its times {@linkplain ResolveTimes resolved}
   * @param steps when the plan as a whole is evaluated
   */
  public static Plan rewrite(Plan plan, StepGrid steps) {
    ShareSubplans sharing = new ShareSubplans();
    sharing.count(plan, steps);
    return sharing.occurrences.values().stream().anyMatch(n -> n > 1)
        ? sharing.share(plan, steps)
        : plan;
  }

  private void count(Plan plan, StepGrid steps) {
    if (plan instanceof AggregatePlan) {
      Key key = new Key(PlanText.print(plan), steps);
      occurrences.merge(key, 1, Integer::sum);
      last.put(key, plan);
    }
    for (Plan child : plan.children()) {
      count(child, below(plan, steps));
    }
  }

  private Plan share(Plan plan, StepGrid steps) {
    if (plan instanceof AggregatePlan) {
      Key key = new Key(PlanText.print(plan), steps);
      if (occurrences.getOrDefault(key, 0) > 1) {
        int number = numbers.computeIfAbsent(key, k -> numbers.size() + 1);
        Plan inner = last.getOrDefault(key, plan);
        return new SharedPlan(inner, number, plan.position());
      }
    }
    List<Plan> children = new ArrayList<>();
    for (Plan child : plan.children()) {
      children.add(share(child, below(plan, steps)));
    }
    return plan.withChildren(children);
  }

  private static StepGrid below(Plan plan, StepGrid steps) {
    return switch (plan) {
      case SubqueryPlan p -> ResolveTimes.subqueryGrid(p, steps);
      case InvariantPlan p -> steps.first();
      case AggregatePlan p -> steps;
      case BinaryPlan p -> steps;
      case CallPlan p -> steps;
      case NegatePlan p -> steps;
      case SharedPlan p -> steps;
      case NumberPlan p -> steps;
      case StringPlan p -> steps;
      case SelectPlan p -> steps;
      case RangePlan p -> steps;
    };
  }
}
