package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.promql.plan.CallPlan;
import dnd.metrics.server.promql.plan.Plan;
import dnd.metrics.server.promql.plan.QueryTimes;
import dnd.metrics.server.promql.plan.RangePlan;
import dnd.metrics.server.promql.plan.SelectPlan;
import dnd.metrics.server.promql.plan.Selection;
import dnd.metrics.server.promql.plan.SubqueryPlan;
import java.util.ArrayList;
import java.util.List;

/**
 * What a query reads, for those who evaluate it again when that changes.
 *
 * @param selectors the matchers of every selector in it, also of those that {@code info} adds
 * @param movesWithSteps whether the value at a step follows from samples around that step alone. It
 *     does not where times are pinned by {@code @}, or where the expression asks for the query's
 *     own start, end or range: then any new sample may change every step.
 * @param aheadMillis how far behind a step a sample may be that its value depends on (negative
 *     offsets, {@code smoothed}); 0 where it may not
 */
public record QueryReads(List<List<Matcher>> selectors, boolean movesWithSteps, long aheadMillis) {
  public QueryReads {
    selectors = selectors.stream().map(List::copyOf).toList();
  }

  /**
   * @param plan with its times resolved
   * @param movesWithSteps false where the expression asks for the query's start, end or range
   */
  static QueryReads of(Plan plan, QueryTimes times, boolean movesWithSteps) {
    Walk walk = new Walk(times.grid().endMillis());
    walk.visit(plan);
    return new QueryReads(walk.selectors, movesWithSteps && !walk.pinned, walk.aheadMillis);
  }

  private static final class Walk {
    private final long endMillis;
    private final List<List<Matcher>> selectors = new ArrayList<>();
    private boolean pinned;
    private long aheadMillis;

    Walk(long endMillis) {
      this.endMillis = endMillis;
    }

    void visit(Plan plan) {
      if (plan instanceof SelectPlan select) {
        add(select.selection());
      } else if (plan instanceof RangePlan range) {
        add(range.selection());
      } else if (plan instanceof SubqueryPlan subquery) {
        pinned |= subquery.lookup().isPinned();
      } else if (plan instanceof CallPlan call && call.function().name().equals("info")) {
        addInfo(call);
        visit(call.children().getFirst());
        return;
      }
      plan.children().forEach(this::visit);
    }

    private void add(Selection selection) {
      selectors.add(selection.matchers());
      pinned |= selection.lookup().isPinned();
      aheadMillis = Math.max(aheadMillis, selection.toMillis() - endMillis);
    }

    /** The second argument of {@code info} names what is looked up, which has a name by default. */
    private void addInfo(CallPlan call) {
      List<Matcher> matchers =
          call.children().size() > 1 && call.children().get(1) instanceof SelectPlan select
              ? select.selection().matchers()
              : List.of();
      selectors.add(InfoMatchers.of(matchers).names());
    }
  }
}
