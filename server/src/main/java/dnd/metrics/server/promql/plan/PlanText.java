package dnd.metrics.server.promql.plan;

/** Prints plans: a node a line, its children indented below it. */
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
}
