package dnd.metrics.server.promql.parse;

import dnd.metrics.server.model.GoFloat;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.promql.parse.VectorMatching.Cardinality;
import java.util.List;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * Writes an expression on one line, as Prometheus prints it in error texts and in its rules API.
 * What it writes parses to the same expression again.
 */
public final class Printer {
  private Printer() {}

  public static String print(Expr expr) {
    return switch (expr) {
      case NumberLiteral e -> number(e);
      case StringLiteral e -> GoQuoting.quote(e.value());
      case ParenExpr e -> "(" + print(e.expr()) + ")";
      case UnaryExpr e -> sign(e) + print(e.expr());
      case VectorSelector e ->
          selector(e) + modifiers(e.at(), mode(e), e.offsetMillis(), e.offsetExpr());
      case MatrixSelector e ->
          selector(e.selector())
              + "["
              + duration(e.rangeMillis(), e.rangeExpr())
              + "]"
              + mode(e.selector())
              + modifiers(
                  e.selector().at(), "", e.selector().offsetMillis(), e.selector().offsetExpr());
      case Subquery e -> print(e.expr()) + suffix(e);
      case Call e -> e.function().name() + "(" + arguments(e.args()) + ")";
      case AggregateExpr e -> {
        Expr param = e.param();
        yield operator(e)
            + "("
            + (param == null ? "" : print(param) + ", ")
            + print(e.expr())
            + ")";
      }
      case BinaryExpr e -> left(e) + " " + operator(e) + " " + print(e.rhs());
    };
  }

  /** The left side of an operator; infinity has no sign where one would apply to the power. */
  static String left(BinaryExpr e) {
    return e.op() == BinaryOp.POW
            && e.lhs() instanceof NumberLiteral literal
            && literal.value() == Double.POSITIVE_INFINITY
        ? "Inf"
        : print(e.lhs());
  }

  static String sign(UnaryExpr e) {
    return e.negative() ? "-" : "+";
  }

  /** An aggregation up to its arguments. */
  static String operator(AggregateExpr e) {
    if (e.without()) {
      return e.op().symbol() + " without (" + labels(e.grouping()) + ") ";
    }
    return e.grouping().isEmpty()
        ? e.op().symbol()
        : e.op().symbol() + " by (" + labels(e.grouping()) + ") ";
  }

  /** A binary operator with its modifiers. */
  static String operator(BinaryExpr e) {
    StringBuilder out = new StringBuilder(e.op().symbol());
    if (e.returnBool()) {
      out.append(" bool");
    }
    VectorMatching matching = e.matching();
    if (matching == null) {
      return out.toString();
    }
    boolean grouped =
        matching.cardinality() == Cardinality.MANY_TO_ONE
            || matching.cardinality() == Cardinality.ONE_TO_MANY;
    if (!matching.labels().isEmpty() || matching.on() || grouped) {
      out.append(matching.on() ? " on (" : " ignoring (");
      out.append(labels(matching.labels())).append(')');
    }
    if (grouped) {
      boolean left = matching.cardinality() == Cardinality.MANY_TO_ONE;
      out.append(left ? " group_left (" : " group_right (");
      out.append(labels(matching.include())).append(')');
    }
    appendFill(out, matching.fillLeft(), matching.fillRight());
    return out.toString();
  }

  private static void appendFill(StringBuilder out, @Nullable Double left, @Nullable Double right) {
    if (left != null && right != null && left.doubleValue() == right.doubleValue()) {
      out.append(" fill (").append(GoFloat.format(left)).append(')');
      return;
    }
    if (left != null) {
      out.append(" fill_left (").append(GoFloat.format(left)).append(')');
    }
    if (right != null) {
      out.append(" fill_right (").append(GoFloat.format(right)).append(')');
    }
  }

  /** A subquery behind its expression. */
  static String suffix(Subquery e) {
    boolean defaultStep = e.stepMillis() == 0 && e.stepExpr() == null;
    return "["
        + duration(e.rangeMillis(), e.rangeExpr())
        + ":"
        + (defaultStep ? "" : duration(e.stepMillis(), e.stepExpr()))
        + "]"
        + modifiers(e.at(), "", e.offsetMillis(), e.offsetExpr());
  }

  private static String arguments(List<Expr> args) {
    StringJoiner out = new StringJoiner(", ");
    for (Expr arg : args) {
      out.add(print(arg));
    }
    return out.toString();
  }

  private static String number(NumberLiteral e) {
    if (!e.duration()) {
      return GoFloats.formatPlain(e.value());
    }
    return DurationText.format((long) (e.value() * 1e9) / 1_000_000);
  }

  /** Name and matchers; the matchers as text in order, as Prometheus sorts them. */
  private static String selector(VectorSelector e) {
    List<String> matchers =
        e.matchers().stream()
            .filter(matcher -> !saysOnlyTheName(matcher, e.name()))
            .map(Printer::matcher)
            .sorted(Labels::compareCodePoints)
            .toList();
    return matchers.isEmpty() ? e.name() : e.name() + "{" + String.join(",", matchers) + "}";
  }

  private static boolean saysOnlyTheName(Matcher matcher, String name) {
    return matcher.name().equals(Labels.METRIC_NAME)
        && matcher.type() == Matcher.Type.EQUAL
        && matcher.value().equals(name)
        && !name.isEmpty();
  }

  private static String matcher(Matcher matcher) {
    return label(matcher.name()) + matcher.type().symbol() + GoQuoting.quote(matcher.value());
  }

  private static String labels(List<String> names) {
    StringJoiner out = new StringJoiner(", ");
    for (String name : names) {
      out.add(label(name));
    }
    return out.toString();
  }

  private static String label(String name) {
    return Labels.isLegacyName(name) ? name : GoQuoting.quote(name);
  }

  private static String mode(VectorSelector e) {
    return switch (e.mode()) {
      case PLAIN -> "";
      case ANCHORED -> " anchored";
      case SMOOTHED -> " smoothed";
    };
  }

  private static String at(@Nullable AtModifier at) {
    return switch (at) {
      case null -> "";
      case AtModifier.Time time -> " @ " + seconds(time.millis());
      case AtModifier.Edge.START -> " @ start()";
      case AtModifier.Edge.END -> " @ end()";
    };
  }

  private static String seconds(long millis) {
    String sign = millis < 0 ? "-" : "";
    long magnitude = Math.abs(millis);
    return sign + magnitude / 1000 + "." + String.format("%03d", magnitude % 1000);
  }

  private static String modifiers(
      @Nullable AtModifier at, String mode, long offsetMillis, @Nullable DurationExpr offsetExpr) {
    String offset = offset(offsetMillis, offsetExpr);
    // An operator behind an offset in parentheses would be read as part of it; here Prometheus's
    // own order would not always parse again.
    return offsetExpr != null && offsetExpr.wrapped()
        ? offset + at(at) + mode
        : at(at) + mode + offset;
  }

  private static String offset(long millis, @Nullable DurationExpr expression) {
    return millis == 0 && expression == null ? "" : " offset " + duration(millis, expression);
  }

  private static String duration(long millis, @Nullable DurationExpr expression) {
    return expression == null ? DurationText.format(millis) : duration(expression);
  }

  static String duration(@Nullable DurationTerm term) {
    return switch (term) {
      case null -> "";
      case NumberLiteral literal -> number(literal);
      case DurationExpr e -> e.wrapped() ? "(" + unwrapped(e) + ")" : unwrapped(e);
    };
  }

  private static String unwrapped(DurationExpr e) {
    String lhs = duration(e.lhs());
    String rhs = duration(e.rhs());
    return switch (e.op()) {
      case STEP, RANGE -> e.op().symbol() + "()";
      case MIN_OF, MAX_OF -> e.op().symbol() + "(" + lhs + ", " + rhs + ")";
      case ADD -> e.lhs() == null ? rhs : lhs + " + " + rhs;
      case SUB -> e.lhs() == null ? "-" + rhs : lhs + " - " + rhs;
      case MUL, DIV, MOD, POW -> lhs + " " + e.op().symbol() + " " + rhs;
    };
  }
}
