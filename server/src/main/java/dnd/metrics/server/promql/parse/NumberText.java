package dnd.metrics.server.promql.parse;

import java.math.BigInteger;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Reads numbers as Go does: decimal, hexadecimal and octal integers ({@code 0x1f}, {@code 017}),
 * decimal floats, {@code Inf} and {@code NaN} in any case, with underscores between digits.
 */
public final class NumberText {
  private static final Pattern DECIMAL =
      Pattern.compile("[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?");
  private static final Pattern OCTAL = Pattern.compile("0[0-7]+");
  private static final Pattern HEXADECIMAL = Pattern.compile("0[xX][0-9a-fA-F]+");
  private static final Pattern UNDERSCORES =
      Pattern.compile("(0[xX]_)?[0-9a-fA-FxX.+-]+(_[0-9a-fA-F.+-]+)*");

  private NumberText() {}

  /**
   * Reads a number.
   *
   * @throws NumberFormatException in Go's words
   */
  public static double parse(String text) {
    String digits = text;
    if (text.indexOf('_') >= 0) {
      if (!UNDERSCORES.matcher(text).matches()) {
        throw problem(text, "invalid syntax");
      }
      digits = text.replace("_", "");
    }
    if (OCTAL.matcher(digits).matches()) {
      BigInteger value = new BigInteger(digits, 8);
      if (value.bitLength() < 64) {
        return value.longValue();
      }
    } else if (HEXADECIMAL.matcher(digits).matches()) {
      BigInteger value = new BigInteger(digits.substring(2), 16);
      if (value.bitLength() < 64) {
        return value.longValue();
      }
    }
    if (DECIMAL.matcher(digits).matches()) {
      double value = Double.parseDouble(digits);
      if (Double.isInfinite(value)) {
        throw problem(text, "value out of range");
      }
      return value;
    }
    return switch (digits.toLowerCase(Locale.ROOT)) {
      case "inf", "+inf", "infinity", "+infinity" -> Double.POSITIVE_INFINITY;
      case "-inf", "-infinity" -> Double.NEGATIVE_INFINITY;
      case "nan" -> Double.NaN;
      default -> throw problem(text, "invalid syntax");
    };
  }

  private static NumberFormatException problem(String text, String reason) {
    return new NumberFormatException(
        "strconv.ParseFloat: parsing " + GoQuoting.quote(text) + ": " + reason);
  }
}
