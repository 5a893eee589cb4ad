package dnd.metrics.server.promql.exec;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.regex.Pattern;

/**
 * Numbers as Go's {@code strconv} and {@code fmt} write them, which is how Prometheus's texts and
 * label values have them.
 */
final class GoNumbers {
  private GoNumbers() {}

  /** {@code strconv.FormatFloat(v, 'f', -1, 64)}: the shortest decimals, without an exponent. */
  static String plain(double v) {
    if (Double.isNaN(v)) {
      return "NaN";
    }
    if (Double.isInfinite(v)) {
      return v > 0 ? "+Inf" : "-Inf";
    }
    if (v == 0) {
      return Double.doubleToRawLongBits(v) < 0 ? "-0" : "0";
    }
    if (v == Math.rint(v) && Math.abs(v) < 1e15) {
      return Long.toString((long) v);
    }
    double magnitude = Math.abs(v);
    if (magnitude >= 1e-3 && magnitude < 1e7) {
      // In this range Java writes the shortest decimals without an exponent too.
      return Double.toString(v);
    }
    return new BigDecimal(Double.toString(v)).stripTrailingZeros().toPlainString();
  }

  /** {@code %g}: the shortest digits; with an exponent below -4 and from 6 on. */
  static String general(double v) {
    if (Double.isNaN(v) || Double.isInfinite(v) || v == 0) {
      return plain(v);
    }
    return general(new BigDecimal(Double.toString(v)).stripTrailingZeros(), 6);
  }

  /** {@code %.<digits>g}. */
  static String general(double v, int digits) {
    if (Double.isNaN(v) || Double.isInfinite(v) || v == 0) {
      return plain(v);
    }
    BigDecimal rounded = new BigDecimal(v).round(new MathContext(digits, RoundingMode.HALF_EVEN));
    return general(rounded.stripTrailingZeros(), digits);
  }

  /** A number in a label, as OpenMetrics writes it: {@code 1.0}, {@code 0.95}, {@code +Inf}. */
  static String openMetrics(double v) {
    String text = general(v);
    boolean whole = text.chars().allMatch(c -> c == '-' || (c >= '0' && c <= '9'));
    return whole ? text + ".0" : text;
  }

  /** {@code strconv.ParseFloat}; empty where {@code text} is no number. */
  static OptionalDouble parse(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "inf", "+inf", "infinity", "+infinity" -> OptionalDouble.of(Double.POSITIVE_INFINITY);
      case "-inf", "-infinity" -> OptionalDouble.of(Double.NEGATIVE_INFINITY);
      case "nan" -> OptionalDouble.of(Double.NaN);
      default ->
          DECIMAL.matcher(text).matches()
              ? OptionalDouble.of(Double.parseDouble(text))
              : OptionalDouble.empty();
    };
  }

  private static final Pattern DECIMAL =
      Pattern.compile("[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?");

  private static String general(BigDecimal v, int exponentFrom) {
    int exponent = v.precision() - v.scale() - 1;
    if (exponent >= -4 && exponent < exponentFrom) {
      return v.toPlainString();
    }
    String digits = v.unscaledValue().abs().toString();
    StringBuilder out = new StringBuilder(v.signum() < 0 ? "-" : "").append(digits.charAt(0));
    if (digits.length() > 1) {
      out.append('.').append(digits, 1, digits.length());
    }
    out.append('e').append(exponent < 0 ? '-' : '+');
    int magnitude = Math.abs(exponent);
    return out.append(magnitude < 10 ? "0" : "").append(magnitude).toString();
  }
}
