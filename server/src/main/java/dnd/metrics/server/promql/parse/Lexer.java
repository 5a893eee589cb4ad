package dnd.metrics.server.promql.parse;

/**
 * Cuts a query into tokens, one at a time; comments are skipped. What counts as a token depends on
 * the brackets around it, as in Prometheus: in braces every word is an identifier, in square
 * brackets stand durations. After an error or the end it must not be asked further.
 */
final class Lexer {
  private static final int END = -1;
  private static final String DIGITS = "0123456789";

  private enum Mode {
    STATEMENT,
    BRACES,
    DURATION
  }

  private final String input;
  private int start;
  private int pos;
  private Mode mode = Mode.STATEMENT;
  private int parenDepth;
  private boolean bracketOpen;
  private boolean gotColon;
  private boolean gotDuration;

  Lexer(String input) {
    this.input = input;
  }

  /** How far the input is used up. */
  int position() {
    return pos;
  }

  Token next() {
    skipSpaceAndComments();
    start = pos;
    return switch (mode) {
      case STATEMENT -> statement();
      case BRACES -> insideBraces();
      case DURATION -> insideDuration();
    };
  }

  private void skipSpaceAndComments() {
    while (pos < input.length()) {
      char c = input.charAt(pos);
      if (isSpace(c)) {
        pos++;
      } else if (c == '#' && mode != Mode.DURATION) {
        while (pos < input.length() && input.charAt(pos) != '\n' && input.charAt(pos) != '\r') {
          pos++;
        }
      } else {
        return;
      }
    }
  }

  private Token statement() {
    int c = advance();
    return switch (c) {
      case END -> {
        if (parenDepth != 0) {
          yield error("unclosed left parenthesis");
        }
        yield bracketOpen ? error("unclosed left bracket") : token(TokenType.EOF);
      }
      case ',' -> token(TokenType.COMMA);
      case '*' -> token(TokenType.MUL);
      case '/' -> token(TokenType.DIV);
      case '%' -> token(TokenType.MOD);
      case '+' -> token(TokenType.ADD);
      case '-' -> token(TokenType.SUB);
      case '^' -> token(TokenType.POW);
      case '@' -> token(TokenType.AT);
      case '=' -> {
        if (peek() == '~') {
          yield error("unexpected character after '=': '~'");
        }
        yield token(accept('=') ? TokenType.EQUAL : TokenType.ASSIGN);
      }
      case '!' -> {
        int following = advance();
        yield following == '='
            ? token(TokenType.NOT_EQUAL)
            : error("unexpected character after '!': " + quoted(following));
      }
      case '<' -> {
        if (accept('=')) {
          yield token(TokenType.LESS_OR_EQUAL);
        }
        yield token(accept('/') ? TokenType.TRIM_UPPER : TokenType.LESS);
      }
      case '>' -> {
        if (accept('=')) {
          yield token(TokenType.GREATER_OR_EQUAL);
        }
        yield token(accept('/') ? TokenType.TRIM_LOWER : TokenType.GREATER);
      }
      case '(' -> {
        parenDepth++;
        yield token(TokenType.LEFT_PAREN);
      }
      case ')' -> rightParen();
      case '{' -> {
        mode = Mode.BRACES;
        yield token(TokenType.LEFT_BRACE);
      }
      case '[' -> {
        if (bracketOpen) {
          yield error("unexpected left bracket '['");
        }
        gotColon = false;
        bracketOpen = true;
        mode = Mode.DURATION;
        yield token(TokenType.LEFT_BRACKET);
      }
      case ']' -> {
        if (!bracketOpen) {
          yield error("unexpected right bracket ']'");
        }
        bracketOpen = false;
        yield token(TokenType.RIGHT_BRACKET);
      }
      case '"', '\'', '`' -> string(c);
      default -> {
        if (isDigit(c) || (c == '.' && isDigit(peek()))) {
          pos = start;
          yield numberOrDuration();
        }
        if (isAlpha(c) || c == ':') {
          yield bracketOpen ? wordInBrackets(c) : word();
        }
        yield error("unexpected character: " + quoted(c));
      }
    };
  }

  private Token rightParen() {
    parenDepth--;
    if (parenDepth < 0) {
      start = pos;
      return error("unexpected right parenthesis ')'");
    }
    return token(TokenType.RIGHT_PAREN);
  }

  /** A word after the first duration in square brackets: a colon or a duration's function. */
  private Token wordInBrackets(int first) {
    if (first == ':') {
      if (gotColon) {
        return error("unexpected colon ':'");
      }
      gotColon = true;
      return token(TokenType.COLON);
    }
    Token function = durationFunction(first);
    return function.type() != TokenType.ERROR
        ? function
        : error("unexpected character: " + quoted(first) + ", expected ':'");
  }

  private Token word() {
    boolean colon = false;
    pos = start;
    while (isAlphanumeric(peek()) || peek() == ':') {
      colon |= input.charAt(pos) == ':';
      pos++;
    }
    TokenType keyword = TokenType.keyword(input.substring(start, pos));
    if (keyword == null) {
      return token(colon ? TokenType.METRIC_IDENTIFIER : TokenType.IDENTIFIER);
    }
    boolean fill =
        keyword == TokenType.FILL
            || keyword == TokenType.FILL_LEFT
            || keyword == TokenType.FILL_RIGHT;
    // These came late to the language: they are words unless they are used as modifiers.
    return token(fill && !leftParenFollows() ? TokenType.IDENTIFIER : keyword);
  }

  private boolean leftParenFollows() {
    int i = pos;
    while (i < input.length() && isSpace(input.charAt(i))) {
      i++;
    }
    return i < input.length() && input.charAt(i) == '(';
  }

  private Token insideBraces() {
    int c = advance();
    return switch (c) {
      case END -> error("unexpected end of input inside braces");
      case ',' -> token(TokenType.COMMA);
      case '"', '\'', '`' -> string(c);
      case '=' -> token(accept('~') ? TokenType.REGEX : TokenType.ASSIGN);
      case '!' -> {
        int following = advance();
        yield switch (following) {
          case '~' -> token(TokenType.NOT_REGEX);
          case '=' -> token(TokenType.NOT_EQUAL);
          default -> error("unexpected character after '!' inside braces: " + quoted(following));
        };
      }
      case '{' -> error("unexpected left brace '{'");
      case '}' -> {
        mode = Mode.STATEMENT;
        yield token(TokenType.RIGHT_BRACE);
      }
      default -> {
        if (!isAlpha(c)) {
          yield error("unexpected character inside braces: " + quoted(c));
        }
        while (isAlphanumeric(peek())) {
          pos++;
        }
        yield token(TokenType.IDENTIFIER);
      }
    };
  }

  /** What stands in square brackets up to the first number. */
  private Token insideDuration() {
    int c = advance();
    return switch (c) {
      case END -> error("unexpected end of input in duration expression");
      case ']' -> {
        bracketOpen = false;
        gotColon = false;
        mode = Mode.STATEMENT;
        yield token(TokenType.RIGHT_BRACKET);
      }
      case ':' -> {
        if (!gotDuration) {
          start = pos;
          yield error("unexpected colon before duration in duration expression");
        }
        if (gotColon) {
          start = pos;
          yield error("unexpected repeated colon in duration expression");
        }
        gotColon = true;
        yield token(TokenType.COLON);
      }
      case '(' -> {
        parenDepth++;
        yield token(TokenType.LEFT_PAREN);
      }
      case ')' -> rightParen();
      case '+' -> token(TokenType.ADD);
      case '-' -> token(TokenType.SUB);
      case '*' -> token(TokenType.MUL);
      case '/' -> token(TokenType.DIV);
      case '%' -> token(TokenType.MOD);
      case '^' -> token(TokenType.POW);
      case ',' -> token(TokenType.COMMA);
      default -> {
        if (isAlpha(c)) {
          Token function = durationFunction(c);
          if (function.type() != TokenType.ERROR) {
            yield function;
          }
        } else if (isDigit(c) || (c == '.' && isDigit(peek()))) {
          pos = start;
          gotDuration = true;
          mode = Mode.STATEMENT;
          yield numberOrDuration();
        }
        yield error("unexpected character in duration expression: " + quoted(c));
      }
    };
  }

  private Token durationFunction(int first) {
    if ("srmSRM".indexOf(first) >= 0) {
      while (isAlpha(peek())) {
        pos++;
      }
      TokenType keyword = TokenType.keyword(input.substring(start, pos));
      if (keyword != null && keyword.isDurationFunction()) {
        return token(keyword);
      }
    }
    return error("no function of durations");
  }

  private Token string(int quote) {
    while (true) {
      int c = advance();
      if (c == quote) {
        return token(TokenType.STRING);
      }
      if (c == 0xfffd || (c >= 0xd800 && c < 0xe000)) {
        return error("invalid UTF-8 rune");
      }
      if (c == END || (c == '\n' && quote != '`')) {
        return error(quote == '`' ? "unterminated raw string" : "unterminated quoted string");
      }
      if (c == '\\' && quote != '`') {
        String problem = escape(quote);
        if (!problem.isEmpty()) {
          return error(problem);
        }
      }
    }
  }

  /** Reads an escape sequence behind its backslash; returns what is wrong with it, or nothing. */
  private String escape(int quote) {
    int c = advance();
    int digits;
    int base;
    int max;
    switch (c) {
      case 'a', 'b', 'f', 'n', 'r', 't', 'v', '\\' -> {
        return "";
      }
      case '0', '1', '2', '3', '4', '5', '6', '7' -> {
        digits = 3;
        base = 8;
        max = 255;
      }
      case 'x' -> {
        digits = 2;
        base = 16;
        max = 255;
        c = advance();
      }
      case 'u', 'U' -> {
        digits = c == 'u' ? 4 : 8;
        base = 16;
        max = Character.MAX_CODE_POINT;
        c = advance();
      }
      case END -> {
        return "escape sequence not terminated";
      }
      default -> {
        return c == quote ? "" : "unknown escape sequence " + unicode(c);
      }
    }
    long value = 0;
    while (true) {
      int digit = c < 0x80 ? Character.digit(c, 16) : -1;
      if (digit < 0 || digit >= base) {
        return c == END
            ? "escape sequence not terminated"
            : "illegal character " + unicode(c) + " in escape sequence";
      }
      value = value * base + digit;
      digits--;
      if (digits == 0) {
        break;
      }
      c = advance();
    }
    return value > max || (value >= 0xd800 && value < 0xe000)
        ? "escape sequence is an invalid Unicode code point"
        : "";
  }

  private Token numberOrDuration() {
    if (scanNumber()) {
      return token(TokenType.NUMBER);
    }
    return scanRestOfDuration()
        ? token(TokenType.DURATION)
        : error("bad number or duration syntax: " + GoQuoting.quote(input.substring(start, pos)));
  }

  private boolean scanRestOfDuration() {
    if (!acceptAny("smhdwy")) {
      return false;
    }
    // Of "ms" the second letter; wrong units like "hs" are found when the duration is read.
    acceptAny("s");
    while (acceptAny(DIGITS)) {
      acceptRun(DIGITS);
      // Years are not among these: they come first.
      if (!acceptAny("smhdw")) {
        return false;
      }
      acceptAny("s");
    }
    if (isAlphanumeric(peek())) {
      pos++;
      return false;
    }
    return true;
  }

  /** Reads what looks like a number; whether it is one shows when it is converted. */
  private boolean scanNumber() {
    int from = pos;
    String digits = DIGITS;
    if (acceptAny("0") && acceptAny("xX")) {
      acceptAny("_");
      digits = "0123456789abcdefABCDEF";
    }
    acceptAny(".");
    acceptAny(digits);
    boolean dot = false;
    boolean exponent = false;
    while (is(digits + "._eE")) {
      if (is(".") && dot) {
        pos++;
        return false;
      }
      if (is("eE") && exponent) {
        pos++;
        return false;
      }
      if (acceptAny(".")) {
        dot = true;
        if (acceptAny("_.") || digits.length() > 10) {
          return false;
        }
      } else if (acceptAny("eE")) {
        exponent = true;
        acceptAny("+-");
        if (acceptAny("._eE") || peek() == END) {
          return false;
        }
      } else if (acceptAny("_")) {
        if (acceptAny("._eE") || peek() == END) {
          return false;
        }
      } else {
        acceptRun(digits);
      }
    }
    return pos != from && !isAlphanumeric(peek());
  }

  private Token token(TokenType type) {
    return new Token(type, start, pos, input.substring(start, pos));
  }

  private Token error(String message) {
    return new Token(TokenType.ERROR, start, input.length(), message);
  }

  private int peek() {
    return pos < input.length() ? input.codePointAt(pos) : END;
  }

  private int advance() {
    int c = peek();
    if (c != END) {
      pos += Character.charCount(c);
    }
    return c;
  }

  private boolean accept(char c) {
    if (peek() != c) {
      return false;
    }
    pos++;
    return true;
  }

  private boolean is(String set) {
    int c = peek();
    return c != END && set.indexOf(c) >= 0;
  }

  private boolean acceptAny(String set) {
    if (!is(set)) {
      return false;
    }
    pos++;
    return true;
  }

  private void acceptRun(String set) {
    while (is(set)) {
      pos++;
    }
  }

  private static String quoted(int c) {
    return GoQuoting.quoteCharacter(c == END ? 0xfffd : c);
  }

  private static String unicode(int c) {
    String code = String.format("U+%04X", c);
    return c >= 0x20 && c != 0x7f ? code + " '" + Character.toString(c) + "'" : code;
  }

  private static boolean isSpace(int c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isAlpha(int c) {
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  private static boolean isAlphanumeric(int c) {
    return isAlpha(c) || isDigit(c);
  }
}
