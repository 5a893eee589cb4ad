package dnd.metrics.server.promql.parse;

import dnd.metrics.server.promql.parse.TokenStream.Place;
import dnd.metrics.server.promql.parse.VectorSelector.RangeMode;
import org.jspecify.annotations.Nullable;

/**
 * Reads what follows an expression and binds tighter than any operator: ranges, subqueries, {@code
 * offset}, {@code @}, {@code anchored} and {@code smoothed}.
 */
final class Postfix {
  private static final Place OPENED =
      new Place("subquery or range selector", "number, duration, step(), or range()");
  private static final Place AFTER_RANGE = new Place("subquery or range", "\":\" or \"]\"");
  private static final Place AFTER_COLON =
      new Place("subquery selector", "number, duration, step(), range(), or \"]\"");
  private static final Place AFTER_STEP = new Place("subquery selector", "\"]\"");

  private final TokenStream tokens;
  private final ParserOptions options;
  private final LiteralParser literals;
  private final DurationParser durations;

  Postfix(TokenStream tokens, ParserOptions options, DurationParser durations) {
    this.tokens = tokens;
    this.options = options;
    this.literals = new LiteralParser(tokens);
    this.durations = durations;
  }

  /** The expression with one more of its postfixes, or null where none follows. */
  @Nullable Expr next(Expr expr) {
    return switch (tokens.peek().type()) {
      case LEFT_BRACKET -> bracket(expr);
      case OFFSET -> {
        tokens.take();
        yield offset(expr, durations.offset());
      }
      case AT -> {
        tokens.take();
        yield at(expr, literals.at(expr));
      }
      case ANCHORED -> {
        tokens.take();
        yield mode(expr, RangeMode.ANCHORED, "anchored");
      }
      case SMOOTHED -> {
        tokens.take();
        yield mode(expr, RangeMode.SMOOTHED, "smoothed");
      }
      default -> null;
    };
  }

  private Expr bracket(Expr expr) {
    Place outer = tokens.enter(OPENED);
    Token open = tokens.take();
    DurationTerm range = durations.positive();
    tokens.enter(AFTER_RANGE);
    Expr result;
    if (tokens.accept(TokenType.COLON)) {
      tokens.enter(AFTER_COLON);
      DurationTerm step = null;
      if (!tokens.at(TokenType.RIGHT_BRACKET)) {
        step = durations.positive();
        tokens.enter(AFTER_STEP);
      }
      Token close = tokens.expect(TokenType.RIGHT_BRACKET);
      result =
          new Subquery(
              expr,
              millis(range),
              expression(range),
              millis(step),
              expression(step),
              0,
              null,
              null,
              new PositionRange(expr.position().start(), close.end()));
    } else {
      Token close = tokens.expect(TokenType.RIGHT_BRACKET);
      result = matrix(expr, range, PositionRange.between(open.position(), close.position()));
    }
    tokens.leave(outer);
    return result;
  }

  private Expr matrix(Expr expr, DurationTerm range, PositionRange bracket) {
    if (!(expr instanceof VectorSelector selector)) {
      throw tokens.error(bracket, "ranges only allowed for vector selectors");
    }
    if (selector.offsetMillis() != 0 || selector.offsetExpr() != null) {
      throw tokens.error(bracket, "no offset modifiers allowed before range");
    }
    if (selector.at() != null) {
      throw tokens.error(bracket, "no @ modifiers allowed before range");
    }
    return new MatrixSelector(
        selector,
        millis(range),
        expression(range),
        new PositionRange(selector.position().start(), bracket.end()));
  }

  private Expr offset(Expr expr, DurationTerm offset) {
    int end = tokens.position();
    return switch (expr) {
      case VectorSelector e -> {
        requireNoOffset(expr, e.offsetMillis(), e.offsetExpr());
        yield offset(e, offset, extended(e.position(), end));
      }
      case MatrixSelector e -> {
        requireNoOffset(expr, e.selector().offsetMillis(), e.selector().offsetExpr());
        yield new MatrixSelector(
            offset(e.selector(), offset, e.selector().position()),
            e.rangeMillis(),
            e.rangeExpr(),
            extended(e.position(), end));
      }
      case Subquery e -> {
        requireNoOffset(expr, e.offsetMillis(), e.offsetExpr());
        yield new Subquery(
            e.expr(),
            e.rangeMillis(),
            e.rangeExpr(),
            e.stepMillis(),
            e.stepExpr(),
            millis(offset),
            expression(offset),
            e.at(),
            extended(e.position(), end));
      }
      default ->
          throw tokens.error(
              expr.position(),
              "offset modifier must be preceded by an instant vector selector or range vector"
                  + " selector or a subquery");
    };
  }

  private void requireNoOffset(Expr expr, long millis, @Nullable DurationExpr expression) {
    if (millis != 0 || expression != null) {
      throw tokens.error(expr.position(), "offset may not be set multiple times");
    }
  }

  private static VectorSelector offset(
      VectorSelector e, DurationTerm offset, PositionRange position) {
    return new VectorSelector(
        e.name(),
        e.matchers(),
        millis(offset),
        expression(offset),
        e.at(),
        e.mode(),
        e.labelsOnly(),
        position);
  }

  private Expr at(Expr expr, AtModifier at) {
    int end = tokens.position();
    return switch (expr) {
      case VectorSelector e -> {
        requireNoAt(expr, e.at());
        yield at(e, at, extended(e.position(), end));
      }
      case MatrixSelector e -> {
        requireNoAt(expr, e.selector().at());
        yield new MatrixSelector(
            at(e.selector(), at, e.selector().position()),
            e.rangeMillis(),
            e.rangeExpr(),
            extended(e.position(), end));
      }
      case Subquery e -> {
        requireNoAt(expr, e.at());
        yield new Subquery(
            e.expr(),
            e.rangeMillis(),
            e.rangeExpr(),
            e.stepMillis(),
            e.stepExpr(),
            e.offsetMillis(),
            e.offsetExpr(),
            at,
            extended(e.position(), end));
      }
      default ->
          throw tokens.error(
              expr.position(),
              "@ modifier must be preceded by an instant vector selector or range vector selector"
                  + " or a subquery");
    };
  }

  private void requireNoAt(Expr expr, @Nullable AtModifier at) {
    if (at != null) {
      throw tokens.error(expr.position(), "@ <timestamp> may not be set multiple times");
    }
  }

  private static VectorSelector at(VectorSelector e, AtModifier at, PositionRange position) {
    return new VectorSelector(
        e.name(),
        e.matchers(),
        e.offsetMillis(),
        e.offsetExpr(),
        at,
        e.mode(),
        e.labelsOnly(),
        position);
  }

  private Expr mode(Expr expr, RangeMode mode, String name) {
    if (!options.extendedRangeSelectors()) {
      throw tokens.error(expr.position(), name + " modifier is experimental and not enabled");
    }
    return switch (expr) {
      case VectorSelector e -> mode(e, mode, expr);
      case MatrixSelector e ->
          new MatrixSelector(
              mode(e.selector(), mode, expr), e.rangeMillis(), e.rangeExpr(), e.position());
      case Subquery e ->
          throw tokens.error(e.position(), name + " modifier is not supported for subqueries");
      default -> throw tokens.error(expr.position(), name + " modifier not implemented");
    };
  }

  private VectorSelector mode(VectorSelector e, RangeMode mode, Expr whole) {
    if (e.mode() != RangeMode.PLAIN && e.mode() != mode) {
      throw tokens.error(
          whole.position(), "anchored and smoothed modifiers cannot be used together");
    }
    return new VectorSelector(
        e.name(),
        e.matchers(),
        e.offsetMillis(),
        e.offsetExpr(),
        e.at(),
        mode,
        e.labelsOnly(),
        e.position());
  }

  private static PositionRange extended(PositionRange position, int end) {
    return new PositionRange(position.start(), end);
  }

  private static long millis(@Nullable DurationTerm term) {
    return term instanceof NumberLiteral literal ? Durations.literalMillis(literal.value()) : 0;
  }

  private static @Nullable DurationExpr expression(@Nullable DurationTerm term) {
    return term instanceof DurationExpr expr ? expr : null;
  }
}
