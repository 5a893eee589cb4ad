package dnd.metrics.server.rules;

import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.promql.parse.Expr;
import dnd.metrics.server.promql.parse.Subquery;
import dnd.metrics.server.promql.parse.VectorSelector;
import java.util.ArrayList;
import java.util.List;

/**
 * The series whose newest samples a query reads: what is worth an evaluation at once. A selector
 * that looks back by an offset, or at a fixed time, does not see a new sample now; the label series
 * of {@code info} are left to the interval, too.
 */
final class RuleReads {
  private final List<List<Matcher>> selectors = new ArrayList<>();

  private RuleReads() {}

  /** The selectors, each as its matchers. */
  static List<List<Matcher>> of(Expr expr) {
    RuleReads reads = new RuleReads();
    reads.add(expr, true);
    return List.copyOf(reads.selectors);
  }

  /** The same, those that look back among them: everything that the query depends on. */
  static List<List<Matcher>> ofAll(Expr expr) {
    RuleReads reads = new RuleReads();
    reads.add(expr, false);
    return List.copyOf(reads.selectors);
  }

  private void add(Expr expr, boolean newestOnly) {
    if (expr instanceof VectorSelector selector) {
      boolean newest =
          selector.at() == null
              && selector.offsetExpr() == null
              && selector.offsetMillis() <= 0
              && !selector.labelsOnly();
      if ((newest || !newestOnly) && !selectors.contains(selector.matchers())) {
        selectors.add(selector.matchers());
      }
    } else if (expr instanceof Subquery subquery
        && newestOnly
        && (subquery.at() != null
            || subquery.offsetExpr() != null
            || subquery.offsetMillis() > 0)) {
      return;
    }
    expr.children().forEach(child -> add(child, newestOnly));
  }
}
