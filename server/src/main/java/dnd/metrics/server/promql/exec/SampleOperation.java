package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.promql.parse.BinaryOp;
import dnd.metrics.server.promql.parse.PositionRange;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * A binary operator between two series, or a series and a scalar, over all steps: floats, native
 * histograms, and what of the two does not go together. For one thread.
 */
final class SampleOperation {
  private final QueryContext context;
  private final BinaryOp op;
  private final boolean returnBool;
  private final PositionRange position;
  private final int steps;
  private final HistogramOperation histograms;
  private final BitSet failed = new BitSet();
  private @Nullable Annotation @Nullable [] lastAtStep;
  private int step;

  SampleOperation(
      QueryContext context, BinaryOp op, boolean returnBool, PositionRange position, int steps) {
    this.context = context;
    this.op = op;
    this.returnBool = returnBool;
    this.position = position;
    this.steps = steps;
    this.histograms = new HistogramOperation(op, position, this::annotate);
  }

  /** From now on keeps only the last annotation of each step, until {@link #reportLast}. */
  void keepLastAnnotations() {
    lastAtStep = new Annotation[steps];
  }

  void reportLast() {
    if (lastAtStep != null) {
      for (Annotation annotation : lastAtStep) {
        if (annotation != null) {
          context.annotations.add(annotation);
        }
      }
    }
  }

  /** Whether, when last applied, the operands of a step did not go together. */
  boolean failedAt(int failedStep) {
    return failed.get(failedStep);
  }

  private void annotate(Annotation annotation) {
    if (lastAtStep == null) {
      context.annotations.add(annotation);
    } else {
      lastAtStep[step] = annotation;
    }
  }

  /**
   * Writes the result over {@code out}, which may be either operand.
   *
   * @param kept the operand whose values a comparison keeps
   */
  void apply(StepSeries left, StepSeries right, StepSeries kept, StepSeries out) {
    if (!failed.isEmpty()) {
      failed.clear();
    }
    if (left.histograms == null && right.histograms == null && !isTrim()) {
      applyToFloats(left.values, right.values, kept.values, out.values);
      return;
    }
    for (int i = 0; i < steps; i++) {
      if (left.has(i) && right.has(i)) {
        step = i;
        applyAt(i, left, right, kept, out);
      } else {
        out.setAbsent(i);
      }
    }
  }

  private boolean isTrim() {
    return op == BinaryOp.TRIM_LOWER || op == BinaryOp.TRIM_UPPER;
  }

  private void applyToFloats(double[] left, double[] right, double[] kept, double[] out) {
    if (!op.isComparison()) {
      FloatOperation.compute(op, left, right, out, steps);
    } else if (returnBool) {
      FloatOperation.test(op, left, right, out, steps);
    } else {
      FloatOperation.filter(op, left, right, kept, out, steps);
    }
  }

  private void applyAt(int i, StepSeries left, StepSeries right, StepSeries kept, StepSeries out) {
    Histogram l = left.histogram(i);
    Histogram r = right.histogram(i);
    if (op.isComparison()) {
      boolean bothFloats = l == null && r == null;
      boolean bothHistograms = l != null && r != null;
      boolean comparesHistograms = op == BinaryOp.EQUAL || op == BinaryOp.NOT_EQUAL;
      if (!bothFloats && !(bothHistograms && comparesHistograms)) {
        annotate(Annotation.incompatibleTypes(kind(l), op.symbol(), kind(r), position));
        failed.set(i);
        out.setAbsent(i);
        return;
      }
      boolean holds =
          bothFloats
              ? FloatOperation.compare(op, left.values[i], right.values[i])
              : sameHistograms(l, r) == (op == BinaryOp.EQUAL);
      if (returnBool) {
        out.setFloat(i, holds ? 1 : 0);
      } else if (holds) {
        if (out != kept) {
          out.take(i, kept);
        }
      } else {
        out.setAbsent(i);
      }
      return;
    }
    if (l == null && r == null && !isTrim()) {
      double[] lv = {left.values[i]};
      double[] rv = {right.values[i]};
      FloatOperation.compute(op, lv, rv, lv, 1);
      out.setFloat(i, lv[0]);
      return;
    }
    Histogram result = histograms.compute(left.values[i], l, right.values[i], r);
    if (result == null) {
      failed.set(i);
      out.setAbsent(i);
    } else {
      out.setHistogram(i, result);
    }
  }

  private static boolean sameHistograms(@Nullable Histogram l, @Nullable Histogram r) {
    return l != null && l.equals(r);
  }

  static String kind(@Nullable Histogram h) {
    return h == null ? "float" : "histogram";
  }
}
