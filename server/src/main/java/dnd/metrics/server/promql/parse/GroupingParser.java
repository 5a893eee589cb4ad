package dnd.metrics.server.promql.parse;

import dnd.metrics.server.promql.parse.TokenStream.Place;
import java.util.ArrayList;
import java.util.List;

/** Reads lists of labels in parentheses, as {@code by}, {@code on} and their like take them. */
final class GroupingParser {
  private static final Place OPEN = new Place("grouping opts", "\"(\"");
  private static final Place LABEL = new Place("grouping opts", "label");
  private static final Place NEXT = new Place("grouping opts", "\",\" or \")\"");

  private final TokenStream tokens;

  GroupingParser(TokenStream tokens) {
    this.tokens = tokens;
  }

  List<String> labels() {
    Place outer = tokens.enter(OPEN);
    tokens.expect(TokenType.LEFT_PAREN);
    List<String> labels = new ArrayList<>();
    tokens.enter(LABEL);
    if (!tokens.at(TokenType.RIGHT_PAREN)) {
      labels.add(label());
      tokens.enter(NEXT);
      while (tokens.accept(TokenType.COMMA)) {
        if (tokens.at(TokenType.RIGHT_PAREN)) {
          break;
        }
        tokens.enter(LABEL);
        labels.add(label());
        tokens.enter(NEXT);
      }
    }
    tokens.expect(TokenType.RIGHT_PAREN);
    tokens.leave(outer);
    return labels;
  }

  /** Labels that may be left out where an expression follows; a parenthesis is always theirs. */
  List<String> labelsBeforeExpression() {
    TokenType next = tokens.peek().type();
    return next == TokenType.LEFT_PAREN || !next.mayBeginExpression() ? labels() : List.of();
  }

  private String label() {
    Token token = tokens.peek();
    if (token.type().mayNameGroupingLabel()) {
      return tokens.take().text();
    }
    if (token.type() != TokenType.STRING) {
      throw tokens.unexpected();
    }
    String name = Unquoting.unquote(tokens.take().text());
    if (name.isEmpty()) {
      throw tokens.error(
          token.position(), "invalid label name for grouping: " + GoQuoting.quote(name));
    }
    return name;
  }
}
