package dnd.metrics.server.rules.template;

import dnd.metrics.server.promql.parse.GoQuoting;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.StringJoiner;

/** Prints texts by the verbs of Go's formats. */
final class StringPrinter {
  private static final int REPLACEMENT = 0xfffd;

  private StringPrinter() {}

  static void plain(StringBuilder out, Flags flags, String text) {
    flags.pad(out, cut(flags, text));
  }

  /** In quotes: double ones, back quotes with {@code #}, nothing but ASCII with {@code +}. */
  static void quoted(StringBuilder out, Flags flags, String text) {
    String shown = cut(flags, text);
    if (flags.sharp && canBackquote(shown)) {
      flags.pad(out, "`" + shown + "`");
      return;
    }
    String quoted = quote(shown);
    flags.pad(out, flags.plus ? ascii(quoted) : quoted);
  }

  static void quotedCharacter(StringBuilder out, Flags flags, long number) {
    int c = number < 0 || number > Character.MAX_CODE_POINT ? REPLACEMENT : (int) number;
    String quoted = c == REPLACEMENT ? "'\ufffd'" : GoQuoting.quoteCharacter(c);
    flags.pad(out, flags.plus ? ascii(quoted) : quoted);
  }

  static void character(StringBuilder out, Flags flags, long number) {
    int c = number < 0 || number > Character.MAX_CODE_POINT ? REPLACEMENT : (int) number;
    flags.pad(out, Character.toString(c));
  }

  /** The bytes as hexadecimal digits; apart with a space, each marked with {@code #}. */
  static void hexadecimal(StringBuilder out, Flags flags, String text, boolean upper) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int length =
        flags.precision == Flags.NONE ? bytes.length : Math.min(flags.precision, bytes.length);
    StringBuilder digits = new StringBuilder();
    for (int i = 0; i < length; i++) {
      if (flags.space && i > 0) {
        digits.append(' ');
      }
      if (flags.sharp && (flags.space || i == 0)) {
        digits.append("0x");
      }
      digits.append(String.format(Locale.ROOT, "%02x", bytes[i]));
    }
    String shown = digits.toString();
    flags.pad(out, upper ? shown.toUpperCase(Locale.ROOT) : shown);
  }

  /** Quoted, but for what stands for bytes that are no text: Go shows that as it is. */
  private static String quote(String text) {
    StringJoiner parts = new StringJoiner("\ufffd", "\"", "\"");
    for (String part : text.split("\ufffd", -1)) {
      String quoted = GoQuoting.quote(part);
      parts.add(quoted.substring(1, quoted.length() - 1));
    }
    return parts.toString();
  }

  private static String cut(Flags flags, String text) {
    if (flags.precision == Flags.NONE || text.codePointCount(0, text.length()) <= flags.precision) {
      return text;
    }
    return text.substring(0, text.offsetByCodePoints(0, flags.precision));
  }

  private static boolean canBackquote(String text) {
    return text.codePoints()
        .noneMatch(c -> c == '`' || c == 0xfeff || c == 0x7f || (c < ' ' && c != '\t'));
  }

  private static String ascii(String quoted) {
    StringBuilder out = new StringBuilder();
    quoted
        .codePoints()
        .forEach(c -> {
          if (c < 0x80) {
            out.append((char) c);
          } else {
            out.append(String.format(Locale.ROOT, c < 0x10000 ? "\\u%04x" : "\\U%08x", c));
          }
        });
    return out.toString();
  }
}
