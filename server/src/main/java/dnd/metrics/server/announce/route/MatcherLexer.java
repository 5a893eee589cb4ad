package dnd.metrics.server.announce.route;

import org.jspecify.annotations.Nullable;

/** Cuts matchers in the newer syntax into tokens. Columns count characters from 0. */
final class MatcherLexer {
  /** What a token is. */
  enum Kind {
    OPEN_BRACE,
    CLOSE_BRACE,
    COMMA,
    EQUALS,
    NOT_EQUALS,
    MATCHES,
    NOT_MATCHES,
    QUOTED,
    UNQUOTED,
    END
  }

  /**
   * A stretch of the text.
   *
   * @param text as it stands, with its quotes
   */
  record Token(Kind kind, String text, int start, int end) {
    MatcherSyntaxException unexpected(String wanted) {
      return kind == Kind.END
          ? new MatcherSyntaxException("unexpected end of input: " + wanted)
          : error("unexpected " + text + ": " + wanted);
    }

    MatcherSyntaxException error(String what) {
      return new MatcherSyntaxException(start + ":" + end + ": " + what);
    }
  }

  private final int[] points;
  private int at;
  private @Nullable Token peeked;

  MatcherLexer(String text) {
    this.points = text.codePoints().toArray();
  }

  Token peek() {
    Token token = peeked;
    if (token == null) {
      token = scan();
      peeked = token;
    }
    return token;
  }

  Token next() {
    Token token = peek();
    peeked = null;
    return token;
  }

  private Token scan() {
    while (at < points.length && isSpace(points[at])) {
      at++;
    }
    int start = at;
    if (at >= points.length) {
      return token(Kind.END, start);
    }
    int point = points[at++];
    return switch (point) {
      case '{' -> token(Kind.OPEN_BRACE, start);
      case '}' -> token(Kind.CLOSE_BRACE, start);
      case ',' -> token(Kind.COMMA, start);
      case '=' -> token(accept('~') ? Kind.MATCHES : Kind.EQUALS, start);
      case '!' -> {
        if (accept('=')) {
          yield token(Kind.NOT_EQUALS, start);
        }
        if (accept('~')) {
          yield token(Kind.NOT_MATCHES, start);
        }
        throw token(Kind.UNQUOTED, start).error("!: expected one of '=~'");
      }
      case '"' -> quoted(start);
      default -> {
        if (isReserved(point)) {
          Token token = token(Kind.UNQUOTED, start);
          throw token.error(token.text() + ": invalid input");
        }
        while (at < points.length && !isReserved(points[at])) {
          at++;
        }
        yield token(Kind.UNQUOTED, start);
      }
    };
  }

  private Token quoted(int start) {
    while (at < points.length && points[at] != '"') {
      at += points[at] == '\\' ? 2 : 1;
    }
    at = Math.min(at, points.length);
    if (!accept('"')) {
      Token token = token(Kind.QUOTED, start);
      throw token.error(token.text() + ": missing end \"");
    }
    return token(Kind.QUOTED, start);
  }

  private boolean accept(int point) {
    if (at < points.length && points[at] == point) {
      at++;
      return true;
    }
    return false;
  }

  private Token token(Kind kind, int start) {
    return new Token(kind, new String(points, start, at - start), start, at);
  }

  private static boolean isReserved(int point) {
    return isSpace(point) || "{}!=~,\\\"'`".indexOf(point) >= 0;
  }

  private static boolean isSpace(int point) {
    return Character.isSpaceChar(point) || (point >= '\t' && point <= '\r') || point == 0x85;
  }
}
