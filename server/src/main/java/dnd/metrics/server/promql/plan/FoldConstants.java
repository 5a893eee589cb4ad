package dnd.metrics.server.promql.plan;

import dnd.metrics.server.promql.parse.BinaryOp;
import java.util.ArrayList;
import java.util.List;

/** Rewrite: arithmetic between numbers becomes a number. */
public final class FoldConstants {
  private FoldConstants() {}

  public static Plan rewrite(Plan plan) {
    List<Plan> children = new ArrayList<>();
    for (Plan child : plan.children()) {
      children.add(rewrite(child));
    }
    Plan folded = plan.withChildren(children);
    if (folded instanceof NegatePlan(NumberPlan inner, var position)) {
      return new NumberPlan(-inner.value(), position);
    }
    if (folded instanceof BinaryPlan binary
        && isDefined(binary.op())
        && binary.left() instanceof NumberPlan left
        && binary.right() instanceof NumberPlan right) {
      return new NumberPlan(compute(binary.op(), left.value(), right.value()), binary.position());
    }
    return folded;
  }

  /** Whether an operator has a value between scalars; histograms alone can be trimmed. */
  public static boolean isDefined(BinaryOp op) {
    return op != BinaryOp.TRIM_UPPER && op != BinaryOp.TRIM_LOWER && !op.isSet();
  }

  /** The value of an operator that {@linkplain #isDefined is defined} between two scalars. */
  public static double compute(BinaryOp op, double l, double r) {
    return switch (op) {
      case ADD -> l + r;
      case SUB -> l - r;
      case MUL -> l * r;
      case DIV -> l / r;
      case MOD -> l % r;
      case POW -> power(l, r);
      case ATAN2 -> Math.atan2(l, r);
      case EQUAL -> l == r ? 1 : 0;
      case NOT_EQUAL -> l != r ? 1 : 0;
      case GREATER -> l > r ? 1 : 0;
      case LESS -> l < r ? 1 : 0;
      case GREATER_OR_EQUAL -> l >= r ? 1 : 0;
      case LESS_OR_EQUAL -> l <= r ? 1 : 0;
      case TRIM_UPPER, TRIM_LOWER, AND, UNLESS, OR ->
          throw new IllegalArgumentException("operator " + op.symbol() + " between scalars");
    };
  }

  /**
   * Power as IEEE 754 and Go have it: 1 to any power, and -1 to an infinite one, is 1, where Java's
   * {@link Math#pow} says NaN.
   */
  public static double power(double base, double exponent) {
    if (base == 1 || (base == -1 && Double.isInfinite(exponent))) {
      return 1;
    }
    return Math.pow(base, exponent);
  }
}
