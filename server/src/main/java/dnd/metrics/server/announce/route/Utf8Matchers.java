package dnd.metrics.server.announce.route;

import dnd.metrics.server.announce.route.MatcherLexer.Kind;
import dnd.metrics.server.announce.route.MatcherLexer.Token;
import dnd.metrics.server.model.Matcher;
import java.util.ArrayList;
import java.util.List;

/**
 * Alertmanager's newer syntax of matchers: names and values are any text in double quotes with
 * escapes as in Go, or without quotes where they have no space, brace, quote, backslash or
 * operator.
 */
final class Utf8Matchers {
  private final MatcherLexer lexer;
  private final List<Matcher> matchers = new ArrayList<>();

  private Utf8Matchers(String text) {
    this.lexer = new MatcherLexer(text);
  }

  static List<Matcher> parse(String text) {
    return new Utf8Matchers(text).parse();
  }

  private List<Matcher> parse() {
    boolean open = lexer.peek().kind() == Kind.OPEN_BRACE;
    if (open) {
      lexer.next();
    }
    boolean more = lexer.peek().kind() != Kind.CLOSE_BRACE && lexer.peek().kind() != Kind.END;
    while (more) {
      matchers.add(matcher());
      Token after = lexer.peek();
      switch (after.kind()) {
        case COMMA -> {
          lexer.next();
          Kind next = lexer.peek().kind();
          more = next == Kind.UNQUOTED || next == Kind.QUOTED;
          if (!more && next != Kind.CLOSE_BRACE && next != Kind.END) {
            throw lexer.peek().unexpected("expected a matcher or close brace after comma");
          }
        }
        case CLOSE_BRACE, END -> more = false;
        case OPEN_BRACE, EQUALS, NOT_EQUALS, MATCHES, NOT_MATCHES, QUOTED, UNQUOTED ->
            throw after.unexpected("expected a comma or close brace");
      }
    }
    closeBrace(open);
    Token rest = lexer.next();
    if (rest.kind() != Kind.END) {
      throw rest.unexpected("expected end of input");
    }
    return matchers;
  }

  private void closeBrace(boolean open) {
    Token token = lexer.peek();
    if (open && token.kind() != Kind.CLOSE_BRACE) {
      throw token.unexpected("expected close brace");
    }
    if (!open && token.kind() == Kind.CLOSE_BRACE) {
      throw token.unexpected("expected opening brace");
    }
    if (open) {
      lexer.next();
    }
  }

  private Matcher matcher() {
    String name = text("expected label name");
    Token operator = lexer.next();
    Matcher.Type type =
        switch (operator.kind()) {
          case EQUALS -> Matcher.Type.EQUAL;
          case NOT_EQUALS -> Matcher.Type.NOT_EQUAL;
          case MATCHES -> Matcher.Type.REGEX;
          case NOT_MATCHES -> Matcher.Type.NOT_REGEX;
          case OPEN_BRACE, CLOSE_BRACE, COMMA, QUOTED, UNQUOTED, END ->
              throw operator.unexpected("expected an operator such as '=', '!=', '=~' or '!~'");
        };
    return MatcherSyntax.matcher(type, name, text("expected label value"));
  }

  private String text(String wanted) {
    Token token = lexer.next();
    return switch (token.kind()) {
      case UNQUOTED -> token.text();
      case QUOTED -> QuotedText.unquote(token);
      case OPEN_BRACE, CLOSE_BRACE, COMMA, EQUALS, NOT_EQUALS, MATCHES, NOT_MATCHES, END ->
          throw token.unexpected(wanted);
    };
  }
}
