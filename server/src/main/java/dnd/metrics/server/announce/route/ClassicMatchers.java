package dnd.metrics.server.announce.route;

import dnd.metrics.server.model.Matcher;
import java.util.ArrayList;
import java.util.List;

/**
 * Alertmanager's older syntax of matchers: a name of letters, digits, {@code _} and {@code :}, an
 * operator, and a value that may stand in double quotes. In a value {@code \"}, {@code \n} and
 * {@code \\} are escapes; any other backslash is one.
 */
final class ClassicMatchers {
  private ClassicMatchers() {}

  static List<Matcher> parseAll(String text) {
    String inner = text.startsWith("{") ? text.substring(1) : text;
    inner = inner.endsWith("}") ? inner.substring(0, inner.length() - 1) : inner;
    List<Matcher> matchers = new ArrayList<>();
    boolean quoted = false;
    boolean escaped = false;
    int start = 0;
    for (int i = 0; i < inner.length(); i++) {
      char c = inner.charAt(i);
      if (c == ',' && !quoted) {
        matchers.add(parse(inner.substring(start, i)));
        start = i + 1;
      } else if (c == '"') {
        quoted ^= !escaped;
        escaped = false;
      } else {
        escaped = c == '\\' && !escaped;
      }
    }
    String last = inner.substring(start);
    if (!last.isBlank()) {
      matchers.add(parse(last));
    }
    return matchers;
  }

  static Matcher parse(String text) {
    int at = skipSpace(text, 0);
    int nameAt = at;
    while (at < text.length() && isNameChar(text.charAt(at), at > nameAt)) {
      at++;
    }
    String name = text.substring(nameAt, at);
    at = skipSpace(text, at);
    Matcher.Type type = operator(text, at);
    if (name.isEmpty() || type == null) {
      throw new MatcherSyntaxException("bad matcher format: " + text);
    }
    int from = skipSpace(text, at + type.symbol().length());
    int to = text.length();
    while (to > from && isSpace(text.charAt(to - 1))) {
      to--;
    }
    return MatcherSyntax.matcher(type, name, value(text.substring(from, to)));
  }

  private static Matcher.@org.jspecify.annotations.Nullable Type operator(String text, int at) {
    for (Matcher.Type type :
        List.of(
            Matcher.Type.REGEX,
            Matcher.Type.EQUAL,
            Matcher.Type.NOT_EQUAL,
            Matcher.Type.NOT_REGEX)) {
      if (text.startsWith(type.symbol(), at)) {
        return type;
      }
    }
    return null;
  }

  private static String value(String raw) {
    boolean quoted = raw.startsWith("\"");
    boolean closed = !quoted;
    StringBuilder value = new StringBuilder();
    int n = raw.length();
    for (int i = quoted ? 1 : 0; i < n; i++) {
      char c = raw.charAt(i);
      if (c == '\\' && i + 1 < n) {
        char next = raw.charAt(++i);
        switch (next) {
          case 'n' -> value.append('\n');
          case '"', '\\' -> value.append(next);
          default -> value.append('\\').append(next);
        }
      } else if (c == '"') {
        if (closed || i < n - 1) {
          throw unescapedQuote(raw);
        }
        closed = true;
      } else {
        value.append(c);
      }
    }
    if (!closed) {
      throw unescapedQuote(raw);
    }
    return value.toString();
  }

  private static MatcherSyntaxException unescapedQuote(String raw) {
    return new MatcherSyntaxException("matcher value contains unescaped double quote: " + raw);
  }

  private static boolean isNameChar(char c, boolean digitsToo) {
    return c == '_'
        || c == ':'
        || (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (digitsToo && c >= '0' && c <= '9');
  }

  private static int skipSpace(String text, int from) {
    int at = from;
    while (at < text.length() && isSpace(text.charAt(at))) {
      at++;
    }
    return at;
  }

  private static boolean isSpace(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
  }
}
