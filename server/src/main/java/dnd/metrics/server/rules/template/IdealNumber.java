package dnd.metrics.server.rules.template;

import static dnd.metrics.server.promql.parse.GoQuoting.quote;

import java.math.BigInteger;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * A number as a template has it, in each of the types that can hold it; null where one cannot.
 *
 * @param imaginary set for complex numbers only; {@code real} is their other part
 */
record IdealNumber(
    @Nullable Long whole,
    @Nullable BigInteger unsigned,
    @Nullable Double real,
    @Nullable Double imaginary) {
  private static final BigInteger MAX_UNSIGNED = BigInteger.TWO.pow(64).subtract(BigInteger.ONE);

  /**
   * @throws IllegalArgumentException in Go's words
   */
  static IdealNumber parse(String text, TokenType type) {
    if (type == TokenType.CHARACTER_CONSTANT) {
      return ofWhole(GoUnquoting.character(text));
    }
    if (type == TokenType.COMPLEX) {
      int sign = Math.max(text.lastIndexOf('+'), text.lastIndexOf('-'));
      while (sign > 0 && "eEpP".indexOf(text.charAt(sign - 1)) >= 0) {
        sign = Math.max(text.lastIndexOf('+', sign - 1), text.lastIndexOf('-', sign - 1));
      }
      double real = decimal(text.substring(0, sign));
      double imaginary = decimal(text.substring(sign, text.length() - 1));
      return complex(real, imaginary);
    }
    if (text.endsWith("i")) {
      OptionalDouble imaginary = GoNumberParsing.real(text.substring(0, text.length() - 1));
      if (imaginary.isPresent()) {
        return complex(0, imaginary.getAsDouble());
      }
    }
    BigInteger integer = GoNumberParsing.integer(text);
    if (integer != null && integer.bitLength() < Long.SIZE) {
      return ofWhole(integer.longValueExact());
    }
    if (integer != null && integer.signum() > 0 && integer.compareTo(MAX_UNSIGNED) <= 0) {
      return new IdealNumber(null, integer, integer.doubleValue(), null);
    }
    OptionalDouble real = GoNumberParsing.real(text);
    if (real.isEmpty() || Double.isInfinite(real.getAsDouble())) {
      throw new IllegalArgumentException("illegal number syntax: " + quote(text));
    }
    if (text.chars().noneMatch(c -> ".eEpP".indexOf(c) >= 0)) {
      throw new IllegalArgumentException("integer overflow: " + quote(text));
    }
    return ofReal(real.getAsDouble(), null);
  }

  private static double decimal(String part) {
    return GoNumberParsing.real(part)
        .orElseThrow(() -> new IllegalArgumentException("syntax error scanning complex number"));
  }

  private static IdealNumber complex(double real, double imaginary) {
    return imaginary == 0 ? ofReal(real, imaginary) : new IdealNumber(null, null, real, imaginary);
  }

  private static IdealNumber ofReal(double value, @Nullable Double imaginary) {
    boolean isWhole = value == Math.rint(value) && Math.abs(value) < 0x1p63;
    Long whole = isWhole ? (Long) (long) value : null;
    BigInteger unsigned = whole != null && whole >= 0 ? BigInteger.valueOf(whole) : null;
    return new IdealNumber(whole, unsigned, value, imaginary);
  }

  private static IdealNumber ofWhole(long value) {
    return new IdealNumber(
        value, value >= 0 ? BigInteger.valueOf(value) : null, (double) value, null);
  }

  boolean isComplex() {
    return imaginary != null;
  }
}
