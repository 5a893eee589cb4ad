package dnd.metrics.server.rules.template;

import dnd.metrics.server.promql.parse.GoQuoting;
import dnd.metrics.server.rules.template.GoValue.Whole;
import java.util.Locale;

/** Prints numbers by the verbs of Go's formats. */
final class NumberPrinter {
  private NumberPrinter() {}

  /** Adds a whole number in a base; with {@code %O} and {@code #} the base shows. */
  static void integer(StringBuilder out, Flags flags, Whole number, int base, char verb) {
    boolean signed = number.type().kind() == GoType.Kind.WHOLE;
    boolean negative = signed && number.value() < 0;
    long size = negative ? -number.value() : number.value();
    String digits = Long.toUnsignedString(size, base);
    int least = 0;
    if (flags.precision != Flags.NONE) {
      least = flags.precision;
      if (least == 0 && size == 0) {
        flags.padWithSpaces(out, "");
        return;
      }
    } else if (flags.zero && !flags.minus && flags.width != Flags.NONE) {
      least = flags.width - (negative || flags.plus || flags.space ? 1 : 0);
    }
    digits = "0".repeat(Math.max(0, least - digits.length())) + digits;
    if (flags.sharp) {
      digits =
          switch (base) {
            case 2 -> "0b" + digits;
            case 8 -> digits.startsWith("0") ? digits : "0" + digits;
            case 16 -> "0x" + digits;
            default -> digits;
          };
    }
    if (verb == 'O') {
      digits = "0o" + digits;
    }
    if (verb == 'X') {
      digits = digits.toUpperCase(Locale.ROOT);
    }
    String sign = negative ? "-" : flags.plus ? "+" : flags.space ? " " : "";
    flags.padWithSpaces(out, sign + digits);
  }

  /** Adds a number as the code point that it is: {@code U+0041 'A'}. */
  static void unicode(StringBuilder out, Flags flags, long number) {
    String digits = Long.toHexString(number).toUpperCase(Locale.ROOT);
    int least = Math.max(4, flags.precision);
    String text = "U+" + "0".repeat(Math.max(0, least - digits.length())) + digits;
    boolean character = number >= 0 && number <= Character.MAX_CODE_POINT;
    if (flags.sharp && character && GoQuoting.isPrintable((int) number)) {
      text += " '" + Character.toString((int) number) + "'";
    }
    flags.padWithSpaces(out, text);
  }

  /** Adds a floating point number. */
  static void real(StringBuilder out, Flags flags, double value, char verb, int precision) {
    int digits = flags.precision == Flags.NONE ? precision : flags.precision;
    String text = RealText.format(value, verb, digits);
    boolean signed = text.startsWith("-") || text.startsWith("+");
    String sign = signed ? text.substring(0, 1) : "+";
    String size = signed ? text.substring(1) : text;
    if (flags.space && sign.equals("+") && !flags.plus) {
      sign = " ";
    }
    if (size.equals("Inf") || size.equals("NaN")) {
      boolean bare = size.equals("NaN") && !flags.space && !flags.plus;
      flags.padWithSpaces(out, bare ? size : sign + size);
      return;
    }
    if (flags.sharp && verb != 'b') {
      size = withPoint(size, verb, digits);
    }
    if (!flags.plus && sign.equals("+")) {
      flags.pad(out, size);
    } else if (flags.zero && !flags.minus && flags.width > size.length() + 1) {
      out.append(sign).append("0".repeat(flags.width - size.length() - 1)).append(size);
    } else {
      flags.pad(out, sign + size);
    }
  }

  /** The number with a point, and with as many digits as were asked for. */
  private static String withPoint(String text, char verb, int precision) {
    boolean general = verb == 'g' || verb == 'G' || verb == 'x' || verb == 'v';
    int missing = general ? (precision == RealText.SHORTEST ? 6 : precision) : 0;
    int exponent = text.indexOf(exponentLetter(verb));
    String tail = exponent < 0 ? "" : text.substring(exponent);
    String digits = exponent < 0 ? text : text.substring(0, exponent);
    boolean significant = false;
    for (int i = 0; i < digits.length(); i++) {
      char c = digits.charAt(i);
      if (c == '.') {
        continue;
      }
      significant |= c != '0';
      if (significant) {
        missing--;
      }
    }
    if (digits.indexOf('.') < 0) {
      if (digits.equals("0")) {
        missing--;
      }
      digits += ".";
    }
    return digits + "0".repeat(Math.max(0, missing)) + tail;
  }

  private static char exponentLetter(char verb) {
    return switch (verb) {
      case 'x' -> 'p';
      case 'X' -> 'P';
      case 'E', 'G' -> 'E';
      default -> 'e';
    };
  }
}
