package dnd.metrics.server.promql.plan;

import dnd.metrics.server.model.Labels;
import java.util.List;

/**
 * Prints plans: a node a line, its children indented below it. Plans that print alike are alike,
 * but for their places in the text of the query.
 */
public final class PlanText {
  private PlanText() {}

  public static String print(Plan plan) {
    StringBuilder out = new StringBuilder();
    print(plan, 0, out);
    return out.toString();
  }

  private static void print(Plan plan, int depth, StringBuilder out) {
    out.repeat("  ", depth).append(plan.describe()).append('\n');
    for (Plan child : plan.children()) {
      print(child, depth + 1, out);
    }
  }

  /** Names of labels, in quotes where they need them. */
  static String names(List<String> labels) {
    StringBuilder out = new StringBuilder("[");
    for (String label : labels) {
      out.append(out.length() > 1 ? ", " : "");
      if (Labels.isLegacyName(label)) {
        out.append(label);
      } else {
        Labels.quote(out, label);
      }
    }
    return out.append(']').toString();
  }
}
