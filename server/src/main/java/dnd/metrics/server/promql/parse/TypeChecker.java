package dnd.metrics.server.promql.parse;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.promql.parse.VectorMatching.Cardinality;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks an expression's types, in the order and with the words of Prometheus. The tree that it
 * returns says what the types imply: a binary expression matches only where both sides are vectors,
 * set operators are many-to-many, and the second argument of {@code info} selects by labels only.
 */
final class TypeChecker {
  private final String query;

  TypeChecker(String query) {
    this.query = query;
  }

  Expr check(Expr expr) {
    return switch (expr) {
      case NumberLiteral e -> e;
      case StringLiteral e -> e;
      case VectorSelector e -> checkSelector(e);
      case MatrixSelector e ->
          new MatrixSelector(
              checkSelector(e.selector()), e.rangeMillis(), e.rangeExpr(), e.position());
      case ParenExpr e -> new ParenExpr(check(e.expr()), e.position());
      case UnaryExpr e -> checkUnary(e);
      case Subquery e -> checkSubquery(e);
      case AggregateExpr e -> checkAggregate(e);
      case BinaryExpr e -> checkBinary(e);
      case Call e -> checkCall(e);
    };
  }

  private VectorSelector checkSelector(VectorSelector e) {
    List<Matcher> matchers = e.matchers();
    if (!e.name().isEmpty()) {
      for (Matcher matcher : matchers.subList(0, matchers.size() - 1)) {
        if (matcher.name().equals(Labels.METRIC_NAME)) {
          throw error(
              e.position(),
              "metric name must not be set twice: "
                  + GoQuoting.quote(e.name())
                  + " or "
                  + GoQuoting.quote(matcher.value()));
        }
      }
    } else if (!e.labelsOnly() && matchers.stream().allMatch(m -> m.matches(""))) {
      throw error(e.position(), "vector selector must contain at least one non-empty matcher");
    }
    return e;
  }

  private Expr checkUnary(UnaryExpr e) {
    Expr inner = check(e.expr());
    if (inner.type() != ValueType.SCALAR && inner.type() != ValueType.VECTOR) {
      throw error(
          e.position(),
          "unary expression only allowed on expressions of type scalar or instant vector, got "
              + GoQuoting.quote(inner.type().documentedName()));
    }
    return new UnaryExpr(e.negative(), inner, e.position());
  }

  private Expr checkSubquery(Subquery e) {
    Expr inner = check(e.expr());
    if (inner.type() != ValueType.VECTOR) {
      throw error(
          e.position(),
          "subquery is only allowed on instant vector, got " + inner.type().apiName() + " instead");
    }
    return new Subquery(
        inner,
        e.rangeMillis(),
        e.rangeExpr(),
        e.stepMillis(),
        e.stepExpr(),
        e.offsetMillis(),
        e.offsetExpr(),
        e.at(),
        e.position());
  }

  private Expr checkAggregate(AggregateExpr e) {
    Expr inner = check(e.expr());
    requireType(inner, ValueType.VECTOR, "aggregation expression");
    Expr param = e.param();
    if (param != null) {
      param = check(param);
      requireType(
          param,
          e.op() == AggregateOp.COUNT_VALUES ? ValueType.STRING : ValueType.SCALAR,
          "aggregation parameter");
    }
    return new AggregateExpr(e.op(), inner, param, e.grouping(), e.without(), e.position());
  }

  private void requireType(Expr expr, ValueType wanted, String context) {
    if (expr.type() != wanted) {
      throw error(
          expr.position(),
          "expected type "
              + wanted.documentedName()
              + " in "
              + context
              + ", got "
              + expr.type().documentedName());
    }
  }

  private Expr checkBinary(BinaryExpr e) {
    Expr lhs = check(e.lhs());
    Expr rhs = check(e.rhs());
    VectorMatching matching = e.matching();
    if (matching == null) {
      throw new IllegalArgumentException("checked twice: " + e);
    }
    boolean bothScalars = lhs.type() == ValueType.SCALAR && rhs.type() == ValueType.SCALAR;
    if (e.returnBool() && !e.op().isComparison()) {
      throw error(operatorPosition(e), "bool modifier can only be used on comparison operators");
    }
    if (e.op().isComparison() && !e.returnBool() && bothScalars) {
      throw error(operatorPosition(e), "comparisons between scalars must use BOOL modifier");
    }
    if (matching.on()) {
      for (String label : matching.labels()) {
        if (matching.include().contains(label)) {
          throw error(
              operatorPosition(e),
              "label " + GoQuoting.quote(label) + " must not occur in ON and GROUP clause at once");
        }
      }
    }
    requireOperand(lhs);
    requireOperand(rhs);
    boolean bothVectors = lhs.type() == ValueType.VECTOR && rhs.type() == ValueType.VECTOR;
    boolean fills = matching.fillLeft() != null || matching.fillRight() != null;
    if (!bothVectors) {
      if (!matching.labels().isEmpty()) {
        throw error(e.position(), "vector matching only allowed between instant vectors");
      }
      if (fills) {
        throw error(e.position(), "filling in missing series only allowed between instant vectors");
      }
      if (e.op().isSet()) {
        throw error(
            e.position(),
            "set operator "
                + GoQuoting.quote(e.op().symbol())
                + " not allowed in binary scalar expression");
      }
      return new BinaryExpr(e.op(), lhs, rhs, e.returnBool(), null);
    }
    if (e.op().isSet()) {
      if (matching.cardinality() != Cardinality.ONE_TO_ONE) {
        throw error(
            e.position(),
            "no grouping allowed for " + GoQuoting.quote(e.op().symbol()) + " operation");
      }
      if (fills) {
        throw error(e.position(), "filling in missing series not allowed for set operators");
      }
      matching =
          new VectorMatching(
              Cardinality.MANY_TO_MANY, matching.labels(), matching.on(), List.of(), null, null);
    }
    return new BinaryExpr(e.op(), lhs, rhs, e.returnBool(), matching);
  }

  private void requireOperand(Expr operand) {
    if (operand.type() != ValueType.SCALAR && operand.type() != ValueType.VECTOR) {
      throw error(
          operand.position(),
          "binary expression must contain only scalar and instant vector types");
    }
  }

  /** What lies between the operands, without the space around it. */
  private PositionRange operatorPosition(BinaryExpr e) {
    int start = e.lhs().position().end();
    int end = e.rhs().position().start();
    while (start < end && Character.isWhitespace(query.charAt(start))) {
      start++;
    }
    while (end > start && Character.isWhitespace(query.charAt(end - 1))) {
      end--;
    }
    return new PositionRange(start, end);
  }

  private Expr checkCall(Call e) {
    FunctionSignature function = e.function();
    String name = GoQuoting.quote(function.name());
    requireArgumentCount(e, function, name);
    List<Expr> args = new ArrayList<>(e.args());
    if (function.name().equals("info") && args.size() > 1) {
      args.set(1, infoSelector(e, args.get(1)));
    }
    for (int i = 0; i < args.size(); i++) {
      Expr arg = check(args.get(i));
      args.set(i, arg);
      List<ValueType> types = function.argumentTypes();
      ValueType wanted = types.get(Math.min(i, types.size() - 1));
      if (arg.type() != wanted) {
        throw error(
            arg.position(),
            "expected type "
                + wanted.documentedName()
                + " in call to function "
                + name
                + ", got "
                + arg.type().documentedName());
      }
    }
    return new Call(function, args, e.position());
  }

  private void requireArgumentCount(Call e, FunctionSignature function, String name) {
    int count = e.args().size();
    int declared = function.argumentTypes().size();
    if (function.variadic() == 0) {
      if (count != declared) {
        throw error(
            e.position(),
            "expected " + declared + " argument(s) in call to " + name + ", got " + count);
      }
      return;
    }
    int least = declared - 1;
    if (count < least) {
      throw error(
          e.position(),
          "expected at least " + least + " argument(s) in call to " + name + ", got " + count);
    }
    int most = least + function.variadic();
    if (function.variadic() > 0 && count > most) {
      throw error(
          e.position(),
          "expected at most " + most + " argument(s) in call to " + name + ", got " + count);
    }
  }

  private Expr infoSelector(Call call, Expr arg) {
    if (arg.type() != ValueType.VECTOR) {
      throw error(
          call.position(),
          "expected type instant vector in call to function \"info\", got "
              + arg.type().documentedName());
    }
    if (!(arg instanceof VectorSelector selector)) {
      throw error(arg.position(), "expected label selectors only");
    }
    if (!selector.name().isEmpty()) {
      throw error(arg.position(), "expected label selectors only, got vector selector instead");
    }
    return new VectorSelector(
        selector.name(),
        selector.matchers(),
        selector.offsetMillis(),
        selector.offsetExpr(),
        selector.at(),
        selector.mode(),
        true,
        selector.position());
  }

  private ParseException error(PositionRange position, String reason) {
    return new ParseException(query, position, reason);
  }
}
