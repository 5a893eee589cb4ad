package dnd.metrics.server.rules.template;

import static dnd.metrics.server.rules.template.TokenType.ASSIGN;
import static dnd.metrics.server.rules.template.TokenType.CHARACTER_CONSTANT;
import static dnd.metrics.server.rules.template.TokenType.COMPLEX;
import static dnd.metrics.server.rules.template.TokenType.DECLARE;
import static dnd.metrics.server.rules.template.TokenType.DOT;
import static dnd.metrics.server.rules.template.TokenType.END_OF_TEXT;
import static dnd.metrics.server.rules.template.TokenType.ERROR;
import static dnd.metrics.server.rules.template.TokenType.FIELD;
import static dnd.metrics.server.rules.template.TokenType.LEFT_DELIMITER;
import static dnd.metrics.server.rules.template.TokenType.LEFT_PAREN;
import static dnd.metrics.server.rules.template.TokenType.NUMBER;
import static dnd.metrics.server.rules.template.TokenType.OTHER;
import static dnd.metrics.server.rules.template.TokenType.PIPE;
import static dnd.metrics.server.rules.template.TokenType.RAW_STRING;
import static dnd.metrics.server.rules.template.TokenType.RIGHT_DELIMITER;
import static dnd.metrics.server.rules.template.TokenType.RIGHT_PAREN;
import static dnd.metrics.server.rules.template.TokenType.SPACE;
import static dnd.metrics.server.rules.template.TokenType.STRING;
import static dnd.metrics.server.rules.template.TokenType.TEXT;
import static dnd.metrics.server.rules.template.TokenType.VARIABLE;

import dnd.metrics.server.promql.parse.GoQuoting;
import java.util.Locale;

/**
 * Cuts a template's text into tokens: text, and between <code>{{</code> and <code>}}</code> the
 * words of an action. A dash beside a delimiter ({@code {{- } and { @code -}}}) takes away the
 * white space on that side. An error is a token, and the last one. For one thread.
 */
final class TemplateLexer {
  private static final String LEFT = "{{";
  private static final String RIGHT = "}}";
  private static final int NONE = -1;
  private static final String TERMINATORS = ".,|:)(";

  private final String text;
  private int position;
  private int line = 1;
  private boolean insideAction;
  private int openParens;
  private boolean failed;

  TemplateLexer(String text) {
    this.text = text;
  }

  Token next() {
    if (failed) {
      return new Token(END_OF_TEXT, "", 0, line);
    }
    return insideAction ? action() : text();
  }

  private Token text() {
    while (true) {
      int start = position;
      int action = text.indexOf(LEFT, start);
      int end = action < 0 ? text.length() : action;
      if (action >= 0 && startsTrimmed(action + LEFT.length())) {
        end = start + withoutTrailingSpace(text.substring(start, action)).length();
      }
      if (action < 0 || end > start) {
        Token token =
            end > start
                ? new Token(TEXT, text.substring(start, end), start, line)
                : new Token(END_OF_TEXT, "", start, line);
        move(action < 0 ? text.length() : action);
        return token;
      }
      move(action);
      int inner = action + LEFT.length() + (startsTrimmed(action + LEFT.length()) ? 2 : 0);
      if (!text.startsWith("/*", inner)) {
        Token token = new Token(LEFT_DELIMITER, LEFT, action, line);
        insideAction = true;
        openParens = 0;
        move(inner);
        return token;
      }
      move(inner);
      int close = text.indexOf("*/", inner + 2);
      if (close < 0) {
        return error(inner, line, "unclosed comment");
      }
      int after = close + 2;
      int delimiter = rightDelimiter(after);
      if (delimiter == 0) {
        return error(inner, line, "comment ends before closing delimiter");
      }
      leave(after, delimiter);
    }
  }

  /** How long the closing delimiter at a place is, the dash included; 0 where there is none. */
  private int rightDelimiter(int at) {
    if (at + 1 < text.length()
        && isSpace(text.charAt(at))
        && text.charAt(at + 1) == '-'
        && text.startsWith(RIGHT, at + 2)) {
      return 2 + RIGHT.length();
    }
    return text.startsWith(RIGHT, at) ? RIGHT.length() : 0;
  }

  /** Goes past a closing delimiter and the white space that it takes away. */
  private void leave(int at, int delimiterLength) {
    int end = at + delimiterLength;
    if (delimiterLength > RIGHT.length()) {
      while (end < text.length() && isSpace(text.charAt(end))) {
        end++;
      }
    }
    move(end);
  }

  private boolean startsTrimmed(int at) {
    return at + 1 < text.length() && text.charAt(at) == '-' && isSpace(text.charAt(at + 1));
  }

  private Token action() {
    int start = position;
    int delimiter = rightDelimiter(start);
    if (delimiter > 0) {
      if (openParens > 0) {
        return error(start, line, "unclosed left paren");
      }
      int own = start + delimiter - RIGHT.length();
      Token token = new Token(RIGHT_DELIMITER, RIGHT, own, lineAt(own));
      insideAction = false;
      leave(start, delimiter);
      return token;
    }
    int c = peek(start);
    int after = start + (c == NONE ? 0 : Character.charCount(c));
    return switch (c) {
      case NONE -> error(start, line, "unclosed action");
      case ' ', '\t', '\r', '\n' -> space(start);
      case '=' -> token(ASSIGN, after);
      case ':' ->
          peek(after) == '=' ? token(DECLARE, after + 1) : error(start, line, "expected :=");
      case '|' -> token(PIPE, after);
      case '"' -> quoted(start, '"', STRING, "unterminated quoted string");
      case '`' -> {
        int end = text.indexOf('`', after);
        yield end < 0
            ? error(start, line, "unterminated raw quoted string")
            : token(RAW_STRING, end + 1);
      }
      case '\'' -> quoted(start, '\'', CHARACTER_CONSTANT, "unterminated character constant");
      case '$' -> name(after, VARIABLE);
      case '.' -> {
        // At the end of the text Go takes it for the beginning of a number.
        boolean number = isDigit(peek(after)) || after == text.length();
        yield number ? number(start) : name(after, FIELD);
      }
      case '+', '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number(start);
      case '(' -> {
        openParens++;
        yield token(LEFT_PAREN, after);
      }
      case ')' -> {
        openParens--;
        yield openParens < 0
            ? error(start, line, "unexpected right paren")
            : token(RIGHT_PAREN, after);
      }
      default -> {
        if (isAlphanumeric(c)) {
          yield word(start);
        }
        yield c < 0x7f && c > ' '
            ? token(OTHER, after)
            : error(start, line, "unrecognized character in action: " + named(c));
      }
    };
  }

  /** White space; the last of it belongs to a closing delimiter with a dash. */
  private Token space(int start) {
    int end = start;
    while (end < text.length() && isSpace(text.charAt(end))) {
      end++;
    }
    return token(SPACE, rightDelimiter(end - 1) > RIGHT.length() ? end - 1 : end);
  }

  private Token quoted(int start, char quote, TokenType type, String unterminated) {
    int i = start + 1;
    while (i < text.length() && text.charAt(i) != '\n') {
      char c = text.charAt(i);
      if (c == quote) {
        return token(type, i + 1);
      }
      i++;
      if (c == '\\' && i < text.length() && text.charAt(i) != '\n') {
        i++;
      } else if (c == '\\') {
        break;
      }
    }
    return error(start, line, unterminated);
  }

  private Token name(int from, TokenType type) {
    if (atTerminator(from)) {
      return token(type == VARIABLE ? VARIABLE : DOT, from);
    }
    int end = wordEnd(from);
    return atTerminator(end) ? token(type, end) : badCharacter(end);
  }

  private Token word(int start) {
    int end = wordEnd(start);
    return atTerminator(end)
        ? token(TokenType.ofWord(text.substring(start, end)), end)
        : badCharacter(end);
  }

  private Token badCharacter(int at) {
    return error(position, line, "bad character " + named(peek(at)));
  }

  private int wordEnd(int from) {
    int end = from;
    while (isAlphanumeric(peek(end))) {
      end += Character.charCount(peek(end));
    }
    return end;
  }

  private boolean atTerminator(int at) {
    int c = peek(at);
    return c == NONE || isSpace(c) || TERMINATORS.indexOf(c) >= 0 || text.startsWith(RIGHT, at);
  }

  private Token number(int start) {
    NumberScan first = NumberScan.scan(text, start);
    if (!first.complete()) {
      return badNumber(start, first.end());
    }
    int next = peek(first.end());
    if (next != '+' && next != '-') {
      return token(NUMBER, first.end());
    }
    NumberScan second = NumberScan.scan(text, first.end());
    return second.complete() && text.charAt(second.end() - 1) == 'i'
        ? token(COMPLEX, second.end())
        : badNumber(start, second.end());
  }

  private Token badNumber(int start, int end) {
    return error(start, line, "bad number syntax: " + GoQuoting.quote(text.substring(start, end)));
  }

  private Token token(TokenType type, int end) {
    Token token = new Token(type, text.substring(position, end), position, line);
    move(end);
    return token;
  }

  private Token error(int start, int atLine, String message) {
    failed = true;
    return new Token(ERROR, message, start, atLine);
  }

  private void move(int to) {
    line = lineAt(to);
    position = to;
  }

  private int lineAt(int to) {
    int result = line;
    for (int i = position; i < to; i++) {
      if (text.charAt(i) == '\n') {
        result++;
      }
    }
    return result;
  }

  private int peek(int at) {
    return at < text.length() ? text.codePointAt(at) : NONE;
  }

  private static String withoutTrailingSpace(String s) {
    int end = s.length();
    while (end > 0 && isSpace(s.charAt(end - 1))) {
      end--;
    }
    return s.substring(0, end);
  }

  /** A character as Go's {@code %#U} names it. */
  private static String named(int c) {
    if (c == NONE) {
      return "U+FFFFFFFFFFFFFFFF";
    }
    String code = String.format(Locale.ROOT, "U+%04X", c);
    return GoQuoting.isPrintable(c) ? code + " '" + Character.toString(c) + "'" : code;
  }

  static boolean isSpace(int c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
  }

  static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  static boolean isAlphanumeric(int c) {
    return c == '_'
        || (c >= 0
            && (Character.isLetter(c) || Character.getType(c) == Character.DECIMAL_DIGIT_NUMBER));
  }
}
