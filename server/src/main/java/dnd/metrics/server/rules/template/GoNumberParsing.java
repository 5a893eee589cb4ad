package dnd.metrics.server.rules.template;

import java.math.BigInteger;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads numbers as Go's strconv does. */
final class GoNumberParsing {
  private static final Pattern DECIMAL =
      Pattern.compile("[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?");
  private static final Pattern UNDERSCORES = Pattern.compile("(?<=[0-9a-fA-F])_(?=[0-9a-fA-F])");
  private static final Pattern HEXADECIMAL =
      Pattern.compile("[+-]?0[xX]([0-9a-fA-F]+\\.?[0-9a-fA-F]*|\\.[0-9a-fA-F]+)[pP][+-]?[0-9]+");

  private GoNumberParsing() {}

  /** A floating point number; infinite where it is too large. */
  static OptionalDouble real(String text) {
    String unsigned = text.startsWith("+") || text.startsWith("-") ? text.substring(1) : text;
    double sign = text.startsWith("-") ? -1 : 1;
    switch (unsigned.toLowerCase(Locale.ROOT)) {
      case "inf", "infinity" -> {
        return OptionalDouble.of(sign * Double.POSITIVE_INFINITY);
      }
      case "nan" -> {
        return text.length() == 3 ? OptionalDouble.of(Double.NaN) : OptionalDouble.empty();
      }
      default -> {}
    }
    String digits = UNDERSCORES.matcher(text).replaceAll("");
    return DECIMAL.matcher(digits).matches() || HEXADECIMAL.matcher(digits).matches()
        ? OptionalDouble.of(Double.parseDouble(digits))
        : OptionalDouble.empty();
  }

  /** A whole number of any base that its prefix names; underscores may separate digits. */
  static @Nullable BigInteger integer(String text) {
    boolean negative = text.startsWith("-");
    String digits = negative || text.startsWith("+") ? text.substring(1) : text;
    String lower = digits.toLowerCase(Locale.ROOT);
    int base = 10;
    if (lower.startsWith("0x")) {
      base = 16;
    } else if (lower.startsWith("0b")) {
      base = 2;
    } else if (lower.startsWith("0o") || (lower.startsWith("0") && lower.length() > 1)) {
      base = 8;
    }
    boolean prefixed = base != 10 && !(base == 8 && !lower.startsWith("0o"));
    String body = lower.substring(prefixed ? 2 : 0);
    boolean misplaced = body.endsWith("_") || body.contains("__");
    if (misplaced || (!prefixed && body.startsWith("_"))) {
      return null;
    }
    try {
      BigInteger value = new BigInteger(body.replace("_", ""), base);
      return negative ? value.negate() : value;
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
