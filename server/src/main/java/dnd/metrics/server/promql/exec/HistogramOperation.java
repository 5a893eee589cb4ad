package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.CounterResetHint;
import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.HistogramSum;
import dnd.metrics.server.promql.parse.BinaryOp;
import dnd.metrics.server.promql.parse.PositionRange;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A binary operator of which at least one operand is a native histogram, or could be. */
final class HistogramOperation {
  private final BinaryOp op;
  private final PositionRange position;
  private final Consumer<Annotation> annotations;

  /**
   * @param annotations takes what is to be said about a result, or about there being none
   */
  HistogramOperation(BinaryOp op, PositionRange position, Consumer<Annotation> annotations) {
    this.op = op;
    this.position = position;
    this.annotations = annotations;
  }

  /**
   * The result, or null, with an annotation, where there is none. Where an operand's histogram is
   * null it is the float beside it.
   */
  @Nullable Histogram compute(double l, @Nullable Histogram lh, double r, @Nullable Histogram rh) {
    if (lh != null && rh != null) {
      return between(lh, rh);
    }
    if (lh != null) {
      return switch (op) {
        case MUL -> lh.multipliedBy(r).compact();
        case DIV -> lh.dividedBy(r).compact();
        case TRIM_UPPER -> HistogramTrim.trim(lh, r, true);
        case TRIM_LOWER -> HistogramTrim.trim(lh, r, false);
        case ADD,
            SUB,
            MOD,
            ATAN2,
            POW,
            EQUAL,
            NOT_EQUAL,
            GREATER,
            LESS,
            GREATER_OR_EQUAL,
            LESS_OR_EQUAL,
            AND,
            UNLESS,
            OR ->
            incompatible("histogram", "float");
      };
    }
    if (rh != null) {
      return op == BinaryOp.MUL ? rh.multipliedBy(l).compact() : incompatible("float", "histogram");
    }
    return incompatible("float", "float");
  }

  private @Nullable Histogram between(Histogram lh, Histogram rh) {
    if (op != BinaryOp.ADD && op != BinaryOp.SUB) {
      return incompatible("histogram", "histogram");
    }
    HistogramSum sum = HistogramSum.plain(lh);
    if (!sum.accepts(rh)) {
      annotations.accept(Annotation.incompatibleBucketLayout(op.symbol(), position));
      return null;
    }
    boolean adds = op == BinaryOp.ADD;
    if (adds) {
      sum.add(rh);
    } else {
      sum.subtract(rh);
    }
    Annotation.HistogramOperation operation =
        adds ? Annotation.HistogramOperation.ADDITION : Annotation.HistogramOperation.SUBTRACTION;
    if (sum.hintsCollided()) {
      annotations.accept(Annotation.counterResetCollision(operation, position));
      return null;
    }
    if (sum.boundsReconciled()) {
      annotations.accept(Annotation.mismatchedCustomBuckets(operation, position));
    }
    Histogram result = sum.result();
    return (adds ? result : result.withCounterResetHint(CounterResetHint.GAUGE)).compact();
  }

  private @Nullable Histogram incompatible(String left, String right) {
    annotations.accept(Annotation.incompatibleTypes(left, op.symbol(), right, position));
    return null;
  }
}
