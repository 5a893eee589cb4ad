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
