package dnd.metrics.server.yaml;

import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** Numbers as Go's yaml package reads them: underscores between digits, several bases. */
final class GoNumberText {
  private GoNumberText() {}

  /** A number that fits an int, decimals cut; empty where it does not. */
  static OptionalLong integer(String text) {
    OptionalDouble number = number(text);
    if (number.isEmpty()) {
      return OptionalLong.empty();
    }
    double value = number.getAsDouble();
    return value >= Integer.MIN_VALUE && value <= Integer.MAX_VALUE
        ? OptionalLong.of((long) value)
        : OptionalLong.empty();
  }

  static OptionalDouble number(String text) {
    String digits = text.replace("_", "").toLowerCase(Locale.ROOT);
    boolean negative = digits.startsWith("-");
    String unsigned = negative || digits.startsWith("+") ? digits.substring(1) : digits;
    try {
      double value =
          switch (unsigned) {
            case ".inf" -> Double.POSITIVE_INFINITY;
            case ".nan" -> Double.NaN;
            default -> parse(unsigned);
          };
      return OptionalDouble.of(negative ? -value : value);
    } catch (NumberFormatException e) {
      return OptionalDouble.empty();
    }
  }

  private static double parse(String text) {
    if (text.startsWith("0x")) {
      return Long.parseLong(text.substring(2), 16);
    }
    if (text.startsWith("0b")) {
      return Long.parseLong(text.substring(2), 2);
    }
    if (text.startsWith("0o")) {
      return Long.parseLong(text.substring(2), 8);
    }
    boolean octal = text.length() > 1 && text.matches("0[0-7]+");
    return octal ? Long.parseLong(text, 8) : Double.parseDouble(text);
  }
}
