package dnd.metrics.server.promql.parse;

/**
 * Quotes text as Go's {@code strconv.Quote} does, which is how Prometheus's error texts and its
 * printed expressions show strings.
 */
public final class GoQuoting {
  /**
   * What stands for bytes that are no UTF-8. Go prints it as it is; but no string of PromQL may
   * hold it other than escaped.
   */
  private static final int REPLACEMENT = 0xfffd;

  private GoQuoting() {}

  /** {@code text} in double quotes. */
  public static String quote(String text) {
    StringBuilder out = new StringBuilder(text.length() + 2);
    out.append('"');
    text.codePoints().forEach(c -> append(out, c, '"'));
    return out.append('"').toString();
  }

  /** One character in single quotes. */
  public static String quoteCharacter(int codePoint) {
    StringBuilder out = new StringBuilder();
    out.append('\'');
    append(out, codePoint, '\'');
    return out.append('\'').toString();
  }

  private static void append(StringBuilder out, int c, char quote) {
    if (c == quote || c == '\\') {
      out.append('\\').append((char) c);
      return;
    }
    if (isPrintable(c) && c != REPLACEMENT) {
      out.appendCodePoint(c);
      return;
    }
    switch (c) {
      case 0x07 -> out.append("\\a");
      case '\b' -> out.append("\\b");
      case '\f' -> out.append("\\f");
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      case 0x0b -> out.append("\\v");
      default -> {
        if (c < ' ' || c == 0x7f) {
          out.append(String.format("\\x%02x", c));
        } else if (c < 0x10000) {
          out.append(String.format("\\u%04x", c));
        } else {
          out.append(String.format("\\U%08x", c));
        }
      }
    }
  }

  /** Whether Go prints the character as it is, unescaped. */
  public static boolean isPrintable(int c) {
    if (c == ' ') {
      return true;
    }
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.SPACE_SEPARATOR,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
