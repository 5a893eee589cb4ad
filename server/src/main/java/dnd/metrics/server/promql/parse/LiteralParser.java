package dnd.metrics.server.promql.parse;

import dnd.metrics.server.promql.parse.TokenStream.Place;

/** Reads numbers, durations and strings that stand as they are. */
final class LiteralParser {
  private static final Place AT = new Place("@", "timestamp");

  private final TokenStream tokens;

  LiteralParser(TokenStream tokens) {
    this.tokens = tokens;
  }

  boolean atNumber() {
    return tokens.at(TokenType.NUMBER) || tokens.at(TokenType.DURATION);
  }

  NumberLiteral number() {
    Token token = tokens.peek();
    if (!atNumber()) {
      throw tokens.unexpected();
    }
    tokens.take();
    boolean duration = token.type() == TokenType.DURATION;
    try {
      double value =
          duration
              ? DurationText.parseMillis(token.text()) / 1000.0
              : NumberText.parse(token.text());
      return new NumberLiteral(value, duration, token.position());
    } catch (NumberFormatException e) {
      throw tokens.error(token.position(), "error parsing number: " + e.getMessage());
    } catch (IllegalArgumentException e) {
      throw tokens.error(token.position(), String.valueOf(e.getMessage()));
    }
  }

  /** A number with an optional sign. */
  NumberLiteral signedNumber() {
    Token sign = tokens.peek();
    boolean negative = sign.type() == TokenType.SUB;
    if (!negative && sign.type() != TokenType.ADD) {
      return number();
    }
    tokens.take();
    return signed(number(), negative, sign.start());
  }

  /** What the modifier {@code @} takes, the {@code @} itself taken; for the selector {@code of}. */
  AtModifier at(Expr of) {
    Place outer = tokens.enter(AT);
    AtModifier at;
    if (tokens.at(TokenType.START) || tokens.at(TokenType.END)) {
      at = tokens.take().type() == TokenType.START ? AtModifier.Edge.START : AtModifier.Edge.END;
      tokens.expect(TokenType.LEFT_PAREN);
      tokens.expect(TokenType.RIGHT_PAREN);
    } else {
      double seconds = signedNumber().value();
      if (Double.isNaN(seconds)
          || seconds >= (double) Long.MAX_VALUE
          || seconds <= (double) Long.MIN_VALUE) {
        throw tokens.error(
            of.position(),
            "timestamp out of bounds for @ modifier: " + GoFloats.formatFixed(seconds));
      }
      at = new AtModifier.Time(Math.round(seconds * 1000));
    }
    tokens.leave(outer);
    return at;
  }

  StringLiteral string() {
    Token token = tokens.expect(TokenType.STRING);
    return new StringLiteral(Unquoting.unquote(token.text()), token.position());
  }

  static NumberLiteral signed(NumberLiteral literal, boolean negative, int start) {
    return new NumberLiteral(
        negative ? -literal.value() : literal.value(),
        literal.duration(),
        new PositionRange(start, literal.position().end()));
  }
}
