package dnd.metrics.server.promql.plan;

import dnd.metrics.server.model.Aggregate;
import dnd.metrics.server.model.Downsampling;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.promql.parse.BinaryOp;
import dnd.metrics.server.promql.parse.FunctionSignature;
import dnd.metrics.server.promql.parse.Functions;
import dnd.metrics.server.promql.parse.VectorMatching;
import dnd.metrics.server.promql.parse.VectorMatching.Cardinality;
import dnd.metrics.server.promql.parse.VectorSelector.RangeMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Rewrite: functions of ranges read downsampled samples where the answer is the same. That is so
 * where every range begins and ends with a window: steps, offset and range are multiples of the
 * windows' length; and where the function can be told from an aggregate. Ranges inside of
 * subqueries stay as they are.
 */
public final class Downsample {
  private final QueryTimes times;
  private final List<Long> resolutionsMillis;

  private Downsample(QueryTimes times, List<Long> resolutionsMillis) {
    this.times = times;
    this.resolutionsMillis = resolutionsMillis;
  }

  /**
   * @param resolutionsMillis of which there are downsampled samples, ascending
   */
  public static Plan rewrite(Plan plan, QueryTimes times, List<Long> resolutionsMillis) {
    return resolutionsMillis.isEmpty()
        ? plan
        : new Downsample(times, resolutionsMillis).rewrite(plan);
  }

  private Plan rewrite(Plan plan) {
    if (plan instanceof SubqueryPlan) {
      return plan;
    }
    if (plan instanceof CallPlan call
        && call.children().size() == 1
        && call.children().getFirst() instanceof RangePlan range) {
      Plan rewritten = rewritten(call, range);
      if (rewritten != null) {
        return rewritten;
      }
    }
    List<Plan> children = new ArrayList<>();
    for (Plan child : plan.children()) {
      children.add(rewrite(child));
    }
    return plan.withChildren(children);
  }

  private @Nullable Plan rewritten(CallPlan call, RangePlan range) {
    long resolution = longestAligned(range);
    if (resolution == 0) {
      return null;
    }
    String name = call.function().name();
    return switch (name) {
      case "sum_over_time" -> over(call, name, range, Aggregate.SUM, resolution);
      case "min_over_time" -> over(call, name, range, Aggregate.MIN, resolution);
      case "max_over_time" -> over(call, name, range, Aggregate.MAX, resolution);
      case "present_over_time" -> over(call, name, range, Aggregate.COUNT, resolution);
      case "count_over_time" -> over(call, "sum_over_time", range, Aggregate.COUNT, resolution);
      case "rate", "increase", "resets" -> over(call, name, range, Aggregate.EDGES, resolution);
      case "avg_over_time" -> namesItsMetric(range) ? average(call, range, resolution) : null;
      default -> null;
    };
  }

  /**
   * The longest windows whose bounds the range's bounds are at every step; 0 where there are none.
   */
  private long longestAligned(RangePlan range) {
    Selection selection = range.selection();
    if (selection.mode() != RangeMode.PLAIN) {
      return 0;
    }
    Long pinned = selection.lookup().atMillis();
    long start =
        (pinned == null ? times.startMillis() : pinned) - selection.lookup().offsetMillis();
    long step = pinned == null && times.startMillis() != times.endMillis() ? times.stepMillis() : 0;
    for (long resolution : resolutionsMillis.reversed()) {
      if (start % resolution == 0
          && step % resolution == 0
          && range.rangeMillis() % resolution == 0) {
        return resolution;
      }
    }
    return 0;
  }

  private static Plan over(
      CallPlan call, String function, RangePlan range, Aggregate aggregate, long resolution) {
    FunctionSignature signature = Objects.requireNonNull(Functions.find(function));
    Selection selection = range.selection().downsampled(new Downsampling(aggregate, resolution));
    return new CallPlan(
        signature,
        List.of(new RangePlan(selection, range.rangeMillis(), range.position())),
        call.position());
  }

  /** Sums divided by counts, which belong together by their labels without the name. */
  private static Plan average(CallPlan call, RangePlan range, long resolution) {
    VectorMatching byLabels =
        new VectorMatching(Cardinality.ONE_TO_ONE, List.of(), false, List.of(), null, null);
    return new BinaryPlan(
        BinaryOp.DIV,
        over(call, "sum_over_time", range, Aggregate.SUM, resolution),
        over(call, "sum_over_time", range, Aggregate.COUNT, resolution),
        false,
        byLabels,
        call.position());
  }

  private static boolean namesItsMetric(RangePlan range) {
    return range.selection().matchers().stream()
        .anyMatch(m -> m.type() == Matcher.Type.EQUAL && m.name().equals(Labels.METRIC_NAME));
  }
}
