package dnd.metrics.server.promql.parse;

import org.jspecify.annotations.Nullable;

/**
 * The tokens of a query with one of look-ahead, and the error texts for those that do not fit. What
 * such a text says depends on the innermost construct around the token that has a {@link Place} of
 * its own; constructs without one leave the place of those around them in force.
 */
final class TokenStream {
  /** Where the parser is, as error texts name it. */
  record Place(String context, String expected) {
    /** Where there is nothing more to say than that a token is unexpected. */
    static final Place ANYWHERE = new Place("", "");
  }

  private final String query;
  private final Lexer lexer;
  private @Nullable Token ahead;
  private Place place = Place.ANYWHERE;

  TokenStream(String query) {
    this.query = query;
    this.lexer = new Lexer(query);
  }

  String query() {
    return query;
  }

  /** The next token, which stays. Never an error: those are thrown. */
  Token peek() {
    Token token = ahead;
    if (token == null) {
      token = lexer.next();
      if (token.type() == TokenType.ERROR) {
        throw error(token.position(), token.text());
      }
      ahead = token;
    }
    return token;
  }

  boolean at(TokenType type) {
    return peek().type() == type;
  }

  Token take() {
    Token token = peek();
    if (token.type() != TokenType.EOF) {
      ahead = null;
    }
    return token;
  }

  boolean accept(TokenType type) {
    if (!at(type)) {
      return false;
    }
    take();
    return true;
  }

  Token expect(TokenType type) {
    if (!at(type)) {
      throw unexpected();
    }
    return take();
  }

  /** Sets the place and returns the one before, to be set again on leaving. */
  Place enter(Place next) {
    Place before = place;
    place = next;
    return before;
  }

  void leave(Place before) {
    place = before;
  }

  /** How far the input is used up by tokens taken. */
  int position() {
    Token token = ahead;
    return token == null ? lexer.position() : token.start();
  }

  ParseException unexpected() {
    Token token = peek();
    StringBuilder text = new StringBuilder("unexpected ").append(token.description());
    if (!place.context().isEmpty()) {
      text.append(" in ").append(place.context());
    }
    if (!place.expected().isEmpty()) {
      text.append(", expected ").append(place.expected());
    }
    return error(token.position(), text.toString());
  }

  ParseException error(PositionRange position, String reason) {
    return new ParseException(query, position, reason);
  }
}
