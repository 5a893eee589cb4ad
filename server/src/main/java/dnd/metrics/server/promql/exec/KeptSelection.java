package dnd.metrics.server.promql.exec;

import dnd.metrics.server.promql.parse.VectorSelector.RangeMode;
import dnd.metrics.server.promql.plan.CallPlan;
import dnd.metrics.server.promql.plan.NegatePlan;
import dnd.metrics.server.promql.plan.Plan;
import dnd.metrics.server.promql.plan.SelectPlan;
import dnd.metrics.server.promql.plan.Selection;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds the selector whose series are those of the answer, one to one. */
final class KeptSelection {
  private static final Set<String> ONE_TO_ONE =
      Set.of("sort_by_label", "sort_by_label_desc", "label_replace", "label_join");

  private KeptSelection() {}

  /** The selector; null where an answer has other series, or fewer. */
  static @Nullable Selection of(Plan plan) {
    return switch (plan) {
      case SelectPlan p -> p.selection().mode() == RangeMode.PLAIN ? p.selection() : null;
      case NegatePlan p -> of(p.inner());
      case CallPlan p when ONE_TO_ONE.contains(p.function().name()) -> of(p.children().getFirst());
      default -> null;
    };
  }
}
