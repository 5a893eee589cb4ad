package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.promql.exec.ReferenceEvaluator.Element;
import dnd.metrics.server.promql.parse.BinaryExpr;
import dnd.metrics.server.promql.parse.BinaryOp;
import dnd.metrics.server.promql.parse.ValueType;
import dnd.metrics.server.promql.parse.VectorMatching;
import dnd.metrics.server.promql.parse.VectorMatching.Cardinality;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Binary operators of which one side at least is a vector. */
final class ReferenceBinary {
  private ReferenceBinary() {}

  static List<Element> of(ReferenceEvaluator evaluator, BinaryExpr e, long time) {
    if (e.lhs().type() == ValueType.SCALAR || e.rhs().type() == ValueType.SCALAR) {
      return withScalar(evaluator, e, time);
    }
    List<Element> left = evaluator.vector(e.lhs(), time);
    List<Element> right = evaluator.vector(e.rhs(), time);
    return e.op().isSet() ? set(e.op(), left, right, e.matching()) : match(e, left, right);
  }

  private static List<Element> match(BinaryExpr e, List<Element> left, List<Element> right) {
    VectorMatching matching = e.matching();
    boolean fills = matching.fillLeft() != null || matching.fillRight() != null;
    List<Element> out = new ArrayList<>();
    if (!fills && (left.isEmpty() || right.isEmpty())) {
      return out;
    }
    boolean swapped = matching.cardinality() == Cardinality.ONE_TO_MANY;
    Map<Labels, Element> ones = new HashMap<>();
    for (Element x : swapped ? left : right) {
      if (ones.put(signature(matching, x.labels()), x) != null) {
        throw new ReferenceEvaluator.NoAnswer("many-to-many");
      }
    }
    Set<Labels> matched = new HashSet<>();
    Set<Labels> results = new HashSet<>();
    for (Element many : swapped ? right : left) {
      Labels signature = signature(matching, many.labels());
      Element one = ones.get(signature);
      if (one == null && matching.fillRight() != null) {
        one = new Element(signature, false, matching.fillRight(), null);
      }
      if (one != null) {
        pair(e, many, one, signature, matched, results, out);
      }
    }
    ones.forEach((signature, one) -> {
      if (matching.fillLeft() != null && !matched.contains(signature)) {
        Element many = new Element(signature, false, matching.fillLeft(), null);
        pair(e, many, one, signature, matched, results, out);
      }
    });
    return out;
  }

  @SuppressWarnings("ReferenceEquality") // NOTHING stands for itself
  private static void pair(
      BinaryExpr e,
      Element many,
      Element one,
      Labels signature,
      Set<Labels> matched,
      Set<Labels> results,
      List<Element> out) {
    VectorMatching matching = e.matching();
    boolean swapped = matching.cardinality() == Cardinality.ONE_TO_MANY;
    if ((matching.fillLeft() != null || matching.fillRight() != null)
        && !(many.isFloat() && one.isFloat())) {
      throw new ReferenceEvaluator.Unjudged("histograms and fill values");
    }
    Element kept = apply(e.op(), e.returnBool(), swapped ? one : many, swapped ? many : one);
    if (kept == null) {
      return; // they do not go together
    }
    Labels labels = e.op().isComparison() ? many.labels() : MetricNames.drop(many.labels());
    if (matching.cardinality() == Cardinality.ONE_TO_ONE) {
      labels = matching.on() ? labels.keep(matching.labels()) : labels.without(matching.labels());
      if (!matched.add(signature)) {
        throw new ReferenceEvaluator.NoAnswer("many-to-one must be explicit");
      }
    }
    for (String include : matching.include()) {
      labels = labels.with(include, one.labels().get(include));
    }
    matched.add(signature);
    if (matching.cardinality() != Cardinality.ONE_TO_ONE && !results.add(labels)) {
      throw new ReferenceEvaluator.NoAnswer("grouping labels must ensure unique matches");
    }
    if (kept != NOTHING) {
      out.add(new Element(labels, e.returnBool(), kept.value(), kept.histogram()));
    }
  }

  /** Stands for what a comparison leaves out. */
  private static final Element NOTHING = new Element(Labels.empty(), false, 0, null);

  /**
   * The result, {@link #NOTHING} where a comparison does not hold, null for operands that clash.
   */
  private static @Nullable Element apply(
      BinaryOp op, boolean returnBool, Element left, Element right) {
    if (op.isComparison()) {
      if (!left.isFloat() && !right.isFloat()) {
        if (op != BinaryOp.EQUAL && op != BinaryOp.NOT_EQUAL) {
          return null;
        }
        throw new ReferenceEvaluator.Unjudged("histograms compared exactly");
      }
      if (left.isFloat() != right.isFloat()) {
        return null;
      }
      boolean holds = holds(op, left.value(), right.value());
      if (returnBool) {
        return left.with(holds ? 1 : 0);
      }
      return holds ? left : NOTHING;
    }
    if (left.isFloat() && right.isFloat()) {
      return op == BinaryOp.TRIM_LOWER || op == BinaryOp.TRIM_UPPER
          ? null
          : left.with(compute(op, left.value(), right.value()));
    }
    ReferenceHistogram result = histogram(op, left, right);
    return result == null ? null : new Element(left.labels(), true, 0, result);
  }

  private static @Nullable ReferenceHistogram histogram(BinaryOp op, Element l, Element r) {
    if (op == BinaryOp.TRIM_LOWER || op == BinaryOp.TRIM_UPPER) {
      if (!l.isFloat() && r.isFloat()) {
        throw new ReferenceEvaluator.Unjudged("trimmed histograms");
      }
      return null;
    }
    if (!l.isFloat() && !r.isFloat()) {
      boolean sum = op == BinaryOp.ADD;
      return (sum || op == BinaryOp.SUB) && l.histogram().goesWith(r.histogram())
          ? l.histogram().plus(r.histogram(), sum ? 1 : -1)
          : null;
    }
    if (op == BinaryOp.MUL) {
      return l.isFloat() ? r.histogram().times(l.value()) : l.histogram().times(r.value());
    }
    if (op == BinaryOp.DIV && !l.isFloat()) {
      if (r.value() == 0) {
        throw new ReferenceEvaluator.Unjudged("a histogram divided by zero");
      }
      return l.histogram().times(1 / r.value());
    }
    return null;
  }

  private static Labels signature(VectorMatching matching, Labels labels) {
    return matching.on()
        ? labels.keep(matching.labels())
        : labels.without(matching.labels()).withoutMetricName();
  }

  private static List<Element> set(
      BinaryOp op, List<Element> left, List<Element> right, VectorMatching matching) {
    List<Labels> leftKeys = left.stream().map(x -> signature(matching, x.labels())).toList();
    List<Labels> rightKeys = right.stream().map(x -> signature(matching, x.labels())).toList();
    List<Element> out = new ArrayList<>();
    for (int i = 0; i < left.size(); i++) {
      boolean matched = rightKeys.contains(leftKeys.get(i));
      if (op == BinaryOp.OR || matched == (op == BinaryOp.AND)) {
        out.add(left.get(i));
      }
    }
    for (int i = 0; op == BinaryOp.OR && i < right.size(); i++) {
      if (!leftKeys.contains(rightKeys.get(i))) {
        out.add(right.get(i));
      }
    }
    return out;
  }

  @SuppressWarnings("ReferenceEquality") // NOTHING stands for itself
  private static List<Element> withScalar(ReferenceEvaluator evaluator, BinaryExpr e, long time) {
    boolean scalarIsLeft = e.lhs().type() == ValueType.SCALAR;
    double value = evaluator.scalar(scalarIsLeft ? e.lhs() : e.rhs(), time);
    Element scalar = new Element(Labels.empty(), false, value, null);
    List<Element> out = new ArrayList<>();
    for (Element x : evaluator.vector(scalarIsLeft ? e.rhs() : e.lhs(), time)) {
      Element result =
          apply(e.op(), e.returnBool(), scalarIsLeft ? scalar : x, scalarIsLeft ? x : scalar);
      if (result == null || result == NOTHING) {
        continue;
      }
      out.add(
          e.op().isComparison() && !e.returnBool()
              ? x
              : new Element(x.labels(), true, result.value(), result.histogram()));
    }
    return out;
  }

  static double compute(BinaryOp op, double l, double r) {
    return switch (op) {
      case ADD -> l + r;
      case SUB -> l - r;
      case MUL -> l * r;
      case DIV -> l / r;
      case POW ->
          // Any power of one is one, also where Java says that it is no number.
          l == 1 || (l == -1 && Double.isInfinite(r)) ? 1 : Math.pow(l, r);
      case ATAN2 -> Math.atan2(l, r);
      case MOD -> {
        if (l != Math.rint(l) || r != Math.rint(r) || Math.abs(l) > 1e6) {
          throw new ReferenceEvaluator.Unjudged("rests that rounding may decide");
        }
        yield l % r;
      }
      default -> throw new IllegalArgumentException(op.symbol());
    };
  }

  static boolean holds(BinaryOp op, double l, double r) {
    boolean isLess = ReferenceEvaluator.isLess(l, r);
    return switch (op) {
      case EQUAL -> l == r;
      case NOT_EQUAL -> l != r;
      case GREATER -> l > r;
      case LESS -> isLess;
      case GREATER_OR_EQUAL -> l >= r;
      case LESS_OR_EQUAL -> l <= r;
      default -> throw new IllegalArgumentException(op.symbol());
    };
  }
}
