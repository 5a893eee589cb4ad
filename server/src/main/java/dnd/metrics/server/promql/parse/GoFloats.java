package dnd.metrics.server.promql.parse;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Writes floating point numbers as Go does, which is how Prometheus shows them. */
public final class GoFloats {
  private GoFloats() {}

  /** With six digits behind the point, as Go's {@code %f}. */
  public static String formatFixed(double value) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "+Inf" : "-Inf";
    }
    String text = new BigDecimal(value).setScale(6, RoundingMode.HALF_EVEN).toPlainString();
    return value == 0 && 1 / value < 0 ? "-" + text : text;
  }

  /** The shortest digits that give the same number, without an exponent: Go's format 'f', -1. */
  public static String formatPlain(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return formatFixed(value);
    }
    if (value == 0) {
      return 1 / value < 0 ? "-0" : "0";
    }
    String text = new BigDecimal(Double.toString(value)).toPlainString();
    return withoutTrailingZeros(text);
  }

  /**
   * The shortest digits that give the same number, with an exponent where that is below -4 or at
   * least 21: Go's {@code %v} (format 'g' with that threshold).
   */
  public static String formatShortest(double value) {
    return format(value, 21);
  }

  /** Go's format 'g', -1: an exponent where that is below -4 or at least 21 digits long. */
  private static String format(double value, int largeExponent) {
    if (Double.isNaN(value) || Double.isInfinite(value) || value == 0) {
      return formatPlain(value);
    }
    BigDecimal decimal = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    int exponent = decimal.precision() - decimal.scale() - 1;
    if (exponent >= -4 && exponent < largeExponent) {
      return formatPlain(value);
    }
    String digits = decimal.unscaledValue().abs().toString();
    StringBuilder out = new StringBuilder();
    if (value < 0) {
      out.append('-');
    }
    out.append(digits.charAt(0));
    if (digits.length() > 1) {
      out.append('.').append(digits, 1, digits.length());
    }
    out.append('e').append(exponent < 0 ? '-' : '+');
    int magnitude = Math.abs(exponent);
    return out.append(magnitude < 10 ? "0" : "").append(magnitude).toString();
  }

  private static String withoutTrailingZeros(String text) {
    if (text.indexOf('.') < 0) {
      return text;
    }
    int end = text.length();
    while (text.charAt(end - 1) == '0') {
      end--;
    }
    return text.substring(0, text.charAt(end - 1) == '.' ? end - 1 : end);
  }
}
