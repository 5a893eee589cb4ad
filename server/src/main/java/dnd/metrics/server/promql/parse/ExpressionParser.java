package dnd.metrics.server.promql.parse;

import dnd.metrics.server.promql.parse.TokenStream.Place;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads expressions: binary operators by precedence climbing, all else by recursive descent. What
 * it returns is not type-checked yet, and every binary expression has its matching.
 */
final class ExpressionParser {
  private static final Place AGGREGATION = new Place("aggregation", "");

  private final TokenStream tokens;
  private final ParserOptions options;
  private final Depth depth;
  private final LiteralParser literals;
  private final SelectorParser selectors;
  private final GroupingParser grouping;
  private final Postfix postfix;

  ExpressionParser(TokenStream tokens, ParserOptions options) {
    this.tokens = tokens;
    this.options = options;
    this.depth = new Depth(tokens);
    this.literals = new LiteralParser(tokens);
    this.selectors = new SelectorParser(tokens);
    this.grouping = new GroupingParser(tokens);
    this.postfix = new Postfix(tokens, options, new DurationParser(tokens, options, depth));
  }

  Expr parseWhole() {
    if (tokens.at(TokenType.EOF)) {
      throw tokens.error(new PositionRange(0, 0), "no expression found in input");
    }
    Expr expr = expression(1);
    if (!tokens.at(TokenType.EOF)) {
      throw tokens.unexpected();
    }
    return expr;
  }

  private Expr expression(int minPrecedence) {
    depth.open();
    Expr lhs = unary();
    while (true) {
      BinaryOp op = operator(tokens.peek());
      if (op == null || op.precedence() < minPrecedence) {
        depth.close();
        return lhs;
      }
      int height = depth.height();
      tokens.take();
      BinaryModifiers modifiers = BinaryModifiers.parse(tokens);
      Expr rhs = expression(op == BinaryOp.POW ? op.precedence() : op.precedence() + 1);
      depth.node(Math.max(height, depth.height()));
      VectorMatching matching = modifiers.matching();
      BinaryExpr binary = new BinaryExpr(op, lhs, rhs, modifiers.returnBool(), matching);
      if (!options.fillModifiers()
          && (matching.fillLeft() != null || matching.fillRight() != null)) {
        throw tokens.error(
            binary.position(), "binop fill modifiers are experimental and not enabled");
      }
      lhs = binary;
    }
  }

  private Expr unary() {
    Token sign = tokens.peek();
    boolean negative = sign.type() == TokenType.SUB;
    if (!negative && sign.type() != TokenType.ADD) {
      return withPostfixes();
    }
    tokens.take();
    // A sign binds like multiplication: only powers bind tighter.
    Expr operand = expression(BinaryOp.POW.precedence());
    if (operand instanceof NumberLiteral literal) {
      return LiteralParser.signed(literal, negative, sign.start());
    }
    depth.node(depth.height());
    return new UnaryExpr(
        negative, operand, new PositionRange(sign.start(), operand.position().end()));
  }

  private Expr withPostfixes() {
    Expr expr = primary();
    while (true) {
      Expr next = postfix.next(expr);
      if (next == null) {
        return expr;
      }
      depth.node(depth.height());
      expr = next;
    }
  }

  private Expr primary() {
    Token token = tokens.peek();
    depth.leaf();
    return switch (token.type()) {
      case NUMBER, DURATION -> literals.number();
      case STRING -> literals.string();
      case LEFT_BRACE -> selectors.braces();
      case LEFT_PAREN -> {
        tokens.take();
        Expr inner = expression(1);
        Token close = tokens.expect(TokenType.RIGHT_PAREN);
        depth.node(depth.height());
        yield new ParenExpr(inner, PositionRange.between(token.position(), close.position()));
      }
      default -> named();
    };
  }

  /** A selector, a call or an aggregation: what begins with a word. */
  private Expr named() {
    if (!tokens.peek().type().mayNameMetric()) {
      throw tokens.unexpected();
    }
    Token name = tokens.take();
    boolean paren = tokens.at(TokenType.LEFT_PAREN);
    if (name.type().isAggregator()) {
      if (paren || tokens.at(TokenType.BY) || tokens.at(TokenType.WITHOUT)) {
        return aggregation(name);
      }
    } else if (paren && mayNameFunction(name)) {
      return call(name);
    }
    return selectors.afterName(name);
  }

  private static boolean mayNameFunction(Token name) {
    return switch (name.type()) {
      case IDENTIFIER, START, END, STEP, RANGE, MAX_OF, MIN_OF -> true;
      default -> false;
    };
  }

  private Expr call(Token name) {
    List<Expr> args = new ArrayList<>();
    int end = arguments(args);
    FunctionSignature function = Functions.find(name.text());
    if (function == null) {
      throw tokens.error(
          name.position(), "unknown function with name " + GoQuoting.quote(name.text()));
    }
    if (function.experimental() && !options.experimentalFunctions()) {
      throw tokens.error(
          name.position(), "function " + GoQuoting.quote(name.text()) + " is not enabled");
    }
    return new Call(function, args, new PositionRange(name.start(), end));
  }

  /** Reads arguments in parentheses; returns where they end. */
  private int arguments(List<Expr> into) {
    tokens.expect(TokenType.LEFT_PAREN);
    int height = 0;
    if (!tokens.at(TokenType.RIGHT_PAREN)) {
      into.add(expression(1));
      height = depth.height();
      while (tokens.at(TokenType.COMMA)) {
        Token comma = tokens.take();
        // Whatever else stands behind a comma, Prometheus's parser complains about the comma.
        if (!tokens.peek().type().mayBeginExpression()) {
          throw tokens.error(comma.position(), "trailing commas not allowed in function call args");
        }
        into.add(expression(1));
        height = Math.max(height, depth.height());
      }
    }
    int end = tokens.expect(TokenType.RIGHT_PAREN).end();
    depth.node(height);
    return end;
  }

  private Expr aggregation(Token name) {
    Place outer = tokens.enter(AGGREGATION);
    List<String> labels = List.of();
    boolean modified = tokens.at(TokenType.BY) || tokens.at(TokenType.WITHOUT);
    boolean without = tokens.at(TokenType.WITHOUT);
    if (modified) {
      tokens.take();
      labels = grouping.labels();
    }
    List<Expr> args = new ArrayList<>();
    int end = arguments(args);
    if (!modified && (tokens.at(TokenType.BY) || tokens.at(TokenType.WITHOUT))) {
      without = tokens.take().type() == TokenType.WITHOUT;
      labels = grouping.labels();
      end = tokens.position();
    }
    tokens.leave(outer);
    PositionRange position = new PositionRange(name.start(), end);
    AggregateOp op = AggregateOp.valueOf(name.type().name());
    if (args.isEmpty()) {
      throw tokens.error(position, "no arguments for aggregate expression provided");
    }
    if (op.isExperimental() && !options.experimentalFunctions()) {
      throw tokens.error(
          position,
          op.symbol()
              + "() is experimental and must be enabled with"
              + " --enable-feature=promql-experimental-functions");
    }
    int wanted = op.hasParameter() ? 2 : 1;
    if (args.size() != wanted) {
      throw tokens.error(
          position,
          "wrong number of arguments for aggregate expression provided, expected "
              + wanted
              + ", got "
              + args.size());
    }
    Expr param = op.hasParameter() ? args.getFirst() : null;
    return new AggregateExpr(op, args.getLast(), param, labels, without, position);
  }

  private static @Nullable BinaryOp operator(Token token) {
    return switch (token.type()) {
      case ADD -> BinaryOp.ADD;
      case SUB -> BinaryOp.SUB;
      case MUL -> BinaryOp.MUL;
      case DIV -> BinaryOp.DIV;
      case MOD -> BinaryOp.MOD;
      case POW -> BinaryOp.POW;
      case ATAN2 -> BinaryOp.ATAN2;
      case EQUAL -> BinaryOp.EQUAL;
      case NOT_EQUAL -> BinaryOp.NOT_EQUAL;
      case LESS -> BinaryOp.LESS;
      case LESS_OR_EQUAL -> BinaryOp.LESS_OR_EQUAL;
      case GREATER -> BinaryOp.GREATER;
      case GREATER_OR_EQUAL -> BinaryOp.GREATER_OR_EQUAL;
      case TRIM_UPPER -> BinaryOp.TRIM_UPPER;
      case TRIM_LOWER -> BinaryOp.TRIM_LOWER;
      case AND -> BinaryOp.AND;
      case OR -> BinaryOp.OR;
      case UNLESS -> BinaryOp.UNLESS;
      default -> null;
    };
  }
}
