package dnd.metrics.server.promql.exec;

import dnd.metrics.server.promql.parse.BinaryOp;
import dnd.metrics.server.promql.plan.FoldConstants;

/**
 * Binary operators over whole arrays of floats. Where either side is {@link Absent} the result is
 * too. The result may be written over either operand.
 */
final class FloatOperation {
  private FloatOperation() {}

  /** Arithmetic. */
  static void compute(BinaryOp op, double[] l, double[] r, double[] out, int n) {
    switch (op) {
      case ADD -> {
        for (int i = 0; i < n; i++) {
          double x = l[i] + r[i];
          out[i] = Double.isNaN(x) ? orAbsent(l[i], r[i], x) : x;
        }
      }
      case SUB -> {
        for (int i = 0; i < n; i++) {
          double x = l[i] - r[i];
          out[i] = Double.isNaN(x) ? orAbsent(l[i], r[i], x) : x;
        }
      }
      case MUL -> {
        for (int i = 0; i < n; i++) {
          double x = l[i] * r[i];
          out[i] = Double.isNaN(x) ? orAbsent(l[i], r[i], x) : x;
        }
      }
      case DIV -> {
        for (int i = 0; i < n; i++) {
          double x = l[i] / r[i];
          out[i] = Double.isNaN(x) ? orAbsent(l[i], r[i], x) : x;
        }
      }
      case MOD, POW, ATAN2 -> {
        for (int i = 0; i < n; i++) {
          out[i] = orAbsent(l[i], r[i], FoldConstants.compute(op, l[i], r[i]));
        }
      }
      case EQUAL,
          NOT_EQUAL,
          GREATER,
          LESS,
          GREATER_OR_EQUAL,
          LESS_OR_EQUAL,
          TRIM_UPPER,
          TRIM_LOWER,
          AND,
          UNLESS,
          OR ->
          throw new IllegalArgumentException(op.symbol() + " does not compute");
    }
  }

  private static double orAbsent(double l, double r, double x) {
    return Absent.is(l) || Absent.is(r) ? Absent.VALUE : x;
  }

  /** Comparison that gives 1 or 0. */
  static void test(BinaryOp op, double[] l, double[] r, double[] out, int n) {
    for (int i = 0; i < n; i++) {
      out[i] = orAbsent(l[i], r[i], compare(op, l[i], r[i]) ? 1 : 0);
    }
  }

  /**
   * Comparison that keeps values.
   *
   * @param kept the values to keep where the comparison holds
   */
  static void filter(BinaryOp op, double[] l, double[] r, double[] kept, double[] out, int n) {
    for (int i = 0; i < n; i++) {
      out[i] = compare(op, l[i], r[i]) ? orAbsent(l[i], r[i], kept[i]) : Absent.VALUE;
    }
  }

  static boolean compare(BinaryOp op, double l, double r) {
    return switch (op) {
      case EQUAL -> l == r;
      case NOT_EQUAL -> l != r;
      case GREATER -> l > r;
      case LESS -> l < r;
      case GREATER_OR_EQUAL -> l >= r;
      case LESS_OR_EQUAL -> l <= r;
      case ADD, SUB, MUL, DIV, MOD, POW, ATAN2, TRIM_UPPER, TRIM_LOWER, AND, UNLESS, OR ->
          throw new IllegalArgumentException(op.symbol() + " does not compare");
    };
  }

  /** Whether a result is no longer the metric that the operand was. */
  static boolean changesMetric(BinaryOp op) {
    return switch (op) {
      case ADD, SUB, MUL, DIV, MOD, POW, ATAN2 -> true;
      case EQUAL,
          NOT_EQUAL,
          GREATER,
          LESS,
          GREATER_OR_EQUAL,
          LESS_OR_EQUAL,
          TRIM_UPPER,
          TRIM_LOWER,
          AND,
          UNLESS,
          OR ->
          false;
    };
  }
}
