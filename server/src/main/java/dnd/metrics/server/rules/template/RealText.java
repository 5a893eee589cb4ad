package dnd.metrics.server.rules.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/** Floating point numbers as Go's {@code strconv.FormatFloat} writes them. */
public final class RealText {
  /** Asks for as few digits as give the same number. */
  public static final int SHORTEST = -1;

  private RealText() {}

  /**
   * @param verb e, E, f, g, G, b, x or X
   * @param precision digits behind the point, or all of them with g; {@link #SHORTEST}
   */
  public static String format(double value, char verb, int precision) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    boolean negative = Double.doubleToRawLongBits(value) < 0;
    String sign = negative ? "-" : "";
    if (Double.isInfinite(value)) {
      return negative ? "-Inf" : "+Inf";
    }
    double size = Math.abs(value);
    return sign
        + switch (verb) {
          case 'f', 'F' -> fixed(size, precision);
          case 'e', 'E' -> exponential(size, precision, verb);
          case 'b' -> binary(size);
          case 'x', 'X' -> hexadecimal(size, precision, verb == 'X');
          default -> general(size, precision, verb == 'G' ? 'E' : 'e');
        };
  }

  /** The shortest text, as {@code %v} prints a number. */
  static String general(double value) {
    return format(value, 'g', SHORTEST);
  }

  private static BigDecimal shortest(double size) {
    return new BigDecimal(Double.toString(size));
  }

  private static String fixed(double size, int precision) {
    if (precision == SHORTEST) {
      BigDecimal digits = shortest(size).stripTrailingZeros();
      return size == 0 ? "0" : digits.toPlainString();
    }
    return new BigDecimal(size).setScale(precision, RoundingMode.HALF_EVEN).toPlainString();
  }

  private static String exponential(double size, int precision, char letter) {
    if (size == 0) {
      return point("0" + "0".repeat(Math.max(precision, 0))) + letter + "+00";
    }
    BigDecimal digits =
        precision == SHORTEST
            ? shortest(size).stripTrailingZeros()
            : new BigDecimal(size).round(new MathContext(precision + 1, RoundingMode.HALF_EVEN));
    String text = digits.unscaledValue().toString();
    int exponent = digits.precision() - digits.scale() - 1;
    if (precision != SHORTEST && text.length() < precision + 1) {
      text += "0".repeat(precision + 1 - text.length());
    }
    return point(text) + letter + exponent(exponent, 2);
  }

  private static String point(String digits) {
    return digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
  }

  private static String exponent(int exponent, int width) {
    String digits = Integer.toString(Math.abs(exponent));
    return (exponent < 0 ? "-" : "+") + "0".repeat(Math.max(0, width - digits.length())) + digits;
  }

  private static String general(double size, int precision, char letter) {
    if (size == 0) {
      return "0";
    }
    int wanted = precision == 0 ? 1 : precision;
    BigDecimal digits =
        precision == SHORTEST
            ? shortest(size).stripTrailingZeros()
            : new BigDecimal(size)
                .round(new MathContext(wanted, RoundingMode.HALF_EVEN))
                .stripTrailingZeros();
    int count = digits.precision();
    int exponent = count - digits.scale() - 1;
    int limit = wanted;
    if (precision == SHORTEST) {
      limit = 6;
    } else if (limit > count && count >= exponent + 1) {
      limit = count;
    }
    if (exponent < -4 || exponent >= limit) {
      return point(digits.unscaledValue().toString()) + letter + exponent(exponent, 2);
    }
    return digits.toPlainString();
  }

  private static String binary(double size) {
    long bits = Double.doubleToRawLongBits(size);
    int exponent = (int) (bits >>> 52);
    long mantissa = bits & ((1L << 52) - 1);
    if (exponent == 0) {
      exponent = 1;
    } else {
      mantissa |= 1L << 52;
    }
    int power = exponent - 1075;
    return mantissa + "p" + (power >= 0 ? "+" : "") + power;
  }

  private static String hexadecimal(double size, int precision, boolean upper) {
    if (size == 0) {
      String zeros = precision > 0 ? "." + "0".repeat(precision) : "";
      String zero = "0x0" + zeros + "p+00";
      return upper ? zero.toUpperCase(Locale.ROOT) : zero;
    }
    int exponent = Math.getExponent(size);
    long mantissa = Double.doubleToRawLongBits(size) & ((1L << 52) - 1);
    BigInteger digits = BigInteger.valueOf(mantissa);
    if (exponent < Double.MIN_EXPONENT) {
      int shift = 53 - digits.bitLength();
      digits = digits.shiftLeft(shift);
      exponent = Double.MIN_EXPONENT - shift;
    } else {
      digits = digits.setBit(52);
    }
    int places = 13;
    if (precision != SHORTEST && precision < places) {
      BigDecimal unit = new BigDecimal(BigInteger.ONE.shiftLeft(4 * (places - precision)));
      digits = new BigDecimal(digits).divide(unit, 0, RoundingMode.HALF_EVEN).toBigIntegerExact();
      places = precision;
      if (digits.bitLength() > 4 * places + 1) {
        digits = digits.shiftRight(1);
        exponent++;
      }
    }
    String text = digits.toString(16);
    String behind = text.substring(1);
    if (precision == SHORTEST) {
      behind = behind.replaceAll("0+$", "");
    } else {
      behind += "0".repeat(Math.max(0, precision - places));
    }
    String result =
        "0x"
            + text.charAt(0)
            + (behind.isEmpty() ? "" : "." + behind)
            + "p"
            + exponent(exponent, 2);
    return upper ? result.toUpperCase(Locale.ROOT) : result;
  }
}
