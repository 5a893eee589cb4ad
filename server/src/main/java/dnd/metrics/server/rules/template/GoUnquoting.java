package dnd.metrics.server.rules.template;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Reads the strings and characters of Go's source text. */
final class GoUnquoting {
  private final String text;
  private final char quote;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private int at = 1;
  private int lastCodePoint;

  private GoUnquoting(String text) {
    this.text = text;
    this.quote = text.charAt(0);
  }

  /**
   * The content of a string in double or back quotes.
   *
   * @throws IllegalArgumentException {@code invalid syntax}, as Go says
   */
  static String string(String quoted) {
    if (quoted.charAt(0) == '`') {
      return quoted.substring(1, quoted.length() - 1).replace("\r", "");
    }
    GoUnquoting unquoting = new GoUnquoting(quoted);
    while (unquoting.at < quoted.length() - 1) {
      unquoting.one();
    }
    return unquoting.out.toString(StandardCharsets.UTF_8);
  }

  /**
   * The code point of a character in single quotes.
   *
   * @throws IllegalArgumentException in Go's words
   */
  static int character(String quoted) {
    GoUnquoting unquoting = new GoUnquoting(quoted);
    if (quoted.length() < 3) {
      throw invalid();
    }
    unquoting.one();
    if (unquoting.at != quoted.length() - 1) {
      throw new IllegalArgumentException("malformed character constant: " + quoted);
    }
    return unquoting.lastCodePoint;
  }

  private void one() {
    int c = text.codePointAt(at);
    at += Character.charCount(c);
    if (c != '\\') {
      write(c);
      return;
    }
    char kind = text.charAt(at);
    at++;
    switch (kind) {
      case 'a' -> write(0x07);
      case 'b' -> write('\b');
      case 'f' -> write('\f');
      case 'n' -> write('\n');
      case 'r' -> write('\r');
      case 't' -> write('\t');
      case 'v' -> write(0x0b);
      case '\\' -> write('\\');
      case 'x' -> writeByte(digits(2, 16));
      case 'u' -> writeChecked(digits(4, 16));
      case 'U' -> writeChecked(digits(8, 16));
      case '0', '1', '2', '3', '4', '5', '6', '7' -> {
        at--;
        long value = digits(3, 8);
        if (value > 0xff) {
          throw invalid();
        }
        writeByte(value);
      }
      default -> {
        if (kind != quote) {
          throw invalid();
        }
        write(kind);
      }
    }
  }

  private long digits(int count, int base) {
    long value = 0;
    for (int i = 0; i < count; i++) {
      int digit = at < text.length() - 1 ? Character.digit(text.charAt(at), base) : -1;
      if (digit < 0) {
        throw invalid();
      }
      value = value * base + digit;
      at++;
    }
    return value;
  }

  private void writeChecked(long codePoint) {
    if (codePoint > Character.MAX_CODE_POINT || (codePoint >= 0xd800 && codePoint < 0xe000)) {
      throw invalid();
    }
    write((int) codePoint);
  }

  private void writeByte(long value) {
    out.write((int) value);
    lastCodePoint = (int) value;
  }

  private void write(int codePoint) {
    out.writeBytes(Character.toString(codePoint).getBytes(StandardCharsets.UTF_8));
    lastCodePoint = codePoint;
  }

  private static IllegalArgumentException invalid() {
    return new IllegalArgumentException("invalid syntax");
  }
}
