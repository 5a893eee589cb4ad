package dnd.metrics.server.ingest;

import java.math.BigDecimal;

/**
 * A bucket's upper bound as the value of its label {@code le}, as Prometheus 3 writes it
 * (OpenMetrics' canonical numbers): shortest digits, always with a point or an exponent, so that 1,
 * 1.0 and 1e0 are one series: {@code 0.1}, {@code 1.0}, {@code 1e+06}, {@code +Inf}.
 */
final class BoundText {
  private BoundText() {}

  static String of(double bound) {
    if (Double.isInfinite(bound)) {
      return bound > 0 ? "+Inf" : "-Inf";
    }
    if (bound == 0) {
      return "0.0";
    }
    BigDecimal shortest = new BigDecimal(Double.toString(bound)).stripTrailingZeros();
    int digits = shortest.precision();
    int exponent = digits - shortest.scale() - 1;
    // Go's strconv with 'g' and the shortest digits, which is what Prometheus uses.
    if (exponent < -4 || exponent >= 6) {
      return scientific(shortest, exponent);
    }
    String plain = shortest.toPlainString();
    return plain.indexOf('.') < 0 ? plain + ".0" : plain;
  }

  private static String scientific(BigDecimal number, int exponent) {
    String digits = number.unscaledValue().abs().toString();
    StringBuilder out = new StringBuilder();
    if (number.signum() < 0) {
      out.append('-');
    }
    out.append(digits.charAt(0));
    if (digits.length() > 1) {
      out.append('.').append(digits, 1, digits.length());
    }
    out.append('e').append(exponent < 0 ? '-' : '+');
    int size = Math.abs(exponent);
    return out.append(size < 10 ? "0" : "").append(size).toString();
  }
}
