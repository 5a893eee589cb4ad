package dnd.metrics.server.promql.parse;

import dnd.metrics.server.promql.parse.TokenStream.Place;
import org.jspecify.annotations.Nullable;

/** Reads durations: those in square brackets, and those behind {@code offset}. */
final class DurationParser {
  private static final Place OFFSET = new Place("offset", "number, duration, step(), or range()");
  private static final int UNARY_PRECEDENCE = 2;

  private final TokenStream tokens;
  private final ParserOptions options;
  private final LiteralParser literals;
  private final Depth depth;

  DurationParser(TokenStream tokens, ParserOptions options, Depth depth) {
    this.tokens = tokens;
    this.options = options;
    this.literals = new LiteralParser(tokens);
    this.depth = depth;
  }

  /** A duration in square brackets, where it must be greater than zero. */
  DurationTerm positive() {
    DurationTerm term = term(1);
    if (term instanceof NumberLiteral literal && literal.value() <= 0) {
      throw tokens.error(literal.position(), "duration must be greater than 0");
    }
    return term;
  }

  /**
   * What stands behind {@code offset}. An operator behind a plain duration belongs to the
   * expression around it ({@code foo offset 5m + 1}); only behind parentheses it does not.
   */
  DurationTerm offset() {
    Place outer = tokens.enter(OFFSET);
    DurationTerm term = offsetTerm();
    tokens.leave(outer);
    return term;
  }

  private DurationTerm offsetTerm() {
    Token first = tokens.peek();
    if (literals.atNumber()) {
      return inRange(literals.number(), first);
    }
    if (first.type().isDurationFunction()) {
      return function();
    }
    if (!isSign(first)) {
      return term(1);
    }
    tokens.take();
    boolean negative = first.type() == TokenType.SUB;
    Token second = tokens.peek();
    if (literals.atNumber()) {
      NumberLiteral literal = LiteralParser.signed(literals.number(), negative, first.start());
      return inRange(literal, first);
    }
    if (second.type().isDurationFunction()) {
      return unary(first, function());
    }
    if (second.type() == TokenType.LEFT_PAREN) {
      tokens.take();
      depth.open();
      DurationTerm inner = term(1);
      depth.close();
      tokens.expect(TokenType.RIGHT_PAREN);
      return signed(first, wrap(inner, inner.position().start()));
    }
    return rest(signed(first, term(UNARY_PRECEDENCE + 1)), 1);
  }

  private DurationTerm term(int minPrecedence) {
    depth.open();
    DurationTerm term = rest(operand(), minPrecedence);
    depth.close();
    return term;
  }

  private DurationTerm rest(DurationTerm first, int minPrecedence) {
    DurationTerm lhs = first;
    for (int operators = 0; ; operators++) {
      depth.chain(operators);
      DurationOp op = operator(tokens.peek());
      if (op == null || precedence(op) < minPrecedence) {
        return lhs;
      }
      Token symbol = tokens.take();
      DurationTerm rhs = term(op == DurationOp.POW ? precedence(op) : precedence(op) + 1);
      requireEnabled(lhs);
      boolean zero = rhs instanceof NumberLiteral literal && literal.value() == 0;
      if (zero && op == DurationOp.DIV) {
        throw tokens.error(symbol.position(), "division by zero");
      }
      if (zero && op == DurationOp.MOD) {
        throw tokens.error(symbol.position(), "modulo by zero");
      }
      PositionRange position = PositionRange.between(lhs.position(), rhs.position());
      lhs = new DurationExpr(op, lhs, rhs, false, position);
    }
  }

  private DurationTerm operand() {
    Token first = tokens.peek();
    if (literals.atNumber()) {
      return inRange(literals.number(), first);
    }
    if (first.type().isDurationFunction()) {
      return function();
    }
    if (isSign(first)) {
      tokens.take();
      return signed(first, term(UNARY_PRECEDENCE + 1));
    }
    if (!tokens.accept(TokenType.LEFT_PAREN)) {
      throw tokens.unexpected();
    }
    DurationTerm inner = term(1);
    tokens.expect(TokenType.RIGHT_PAREN);
    requireEnabled(inner);
    return wrap(inner, first.start());
  }

  private DurationExpr function() {
    Token name = tokens.take();
    tokens.expect(TokenType.LEFT_PAREN);
    DurationTerm lhs = null;
    DurationTerm rhs = null;
    if (name.type() == TokenType.MAX_OF || name.type() == TokenType.MIN_OF) {
      lhs = term(1);
      tokens.expect(TokenType.COMMA);
      rhs = term(1);
    }
    PositionRange whole =
        new PositionRange(name.start(), tokens.expect(TokenType.RIGHT_PAREN).end());
    PositionRange position =
        lhs == null || rhs == null ? whole : PositionRange.between(lhs.position(), rhs.position());
    DurationOp op =
        switch (name.type()) {
          case STEP -> DurationOp.STEP;
          case RANGE -> DurationOp.RANGE;
          case MAX_OF -> DurationOp.MAX_OF;
          default -> DurationOp.MIN_OF;
        };
    DurationExpr function = new DurationExpr(op, lhs, rhs, false, position);
    requireEnabled(function);
    return function;
  }

  private DurationTerm signed(Token sign, DurationTerm term) {
    return switch (term) {
      case DurationExpr e -> sign.type() == TokenType.SUB ? unary(sign, e) : e;
      case NumberLiteral literal ->
          inRange(LiteralParser.signed(literal, sign.type() == TokenType.SUB, sign.start()), sign);
    };
  }

  private static DurationExpr unary(Token sign, DurationTerm operand) {
    return new DurationExpr(
        sign.type() == TokenType.SUB ? DurationOp.SUB : DurationOp.ADD,
        null,
        operand,
        false,
        new PositionRange(sign.start(), operand.position().end()));
  }

  /** Marks a term as written in parentheses; a number becomes an expression of its own. */
  private static DurationExpr wrap(DurationTerm term, int start) {
    return switch (term) {
      case DurationExpr e -> new DurationExpr(e.op(), e.lhs(), e.rhs(), true, e.position());
      case NumberLiteral literal ->
          new DurationExpr(
              DurationOp.ADD,
              null,
              literal,
              true,
              new PositionRange(start, literal.position().end()));
    };
  }

  private NumberLiteral inRange(NumberLiteral literal, Token place) {
    if (Durations.outOfRange(literal.value())) {
      throw tokens.error(place.position(), "duration out of range");
    }
    return literal;
  }

  private void requireEnabled(DurationTerm term) {
    if (!options.durationExpressions()) {
      throw tokens.error(term.position(), "experimental duration expression is not enabled");
    }
  }

  private static boolean isSign(Token token) {
    return token.type() == TokenType.ADD || token.type() == TokenType.SUB;
  }

  private static @Nullable DurationOp operator(Token token) {
    return switch (token.type()) {
      case ADD -> DurationOp.ADD;
      case SUB -> DurationOp.SUB;
      case MUL -> DurationOp.MUL;
      case DIV -> DurationOp.DIV;
      case MOD -> DurationOp.MOD;
      case POW -> DurationOp.POW;
      default -> null;
    };
  }

  private static int precedence(DurationOp op) {
    return switch (op) {
      case ADD, SUB -> 1;
      case MUL, DIV, MOD -> UNARY_PRECEDENCE;
      case POW -> 3;
      case STEP, RANGE, MIN_OF, MAX_OF -> throw new IllegalArgumentException("no operator: " + op);
    };
  }
}
