package dnd.metrics.server.query;

import java.nio.charset.StandardCharsets;

/**
 * Writes doubles as the Prometheus API does ({@code util/jsonutil} there): the shortest digits that
 * read back as the value, plain from 1e-6 up to 1e21, else with an exponent of at least two digits
 * ({@code 1e+21}, {@code 5e-07}); {@code NaN}, {@code +Inf}, {@code -Inf}. Allocates nothing. For
 * one thread.
 */
final class FloatText {
  /** No value takes more bytes. */
  static final int MAX_BYTES = 32;

  private static final byte[] NAN = "NaN".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] PLUS_INF = "+Inf".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] MINUS_INF = "-Inf".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] ZEROS = "0".repeat(MAX_BYTES).getBytes(StandardCharsets.US_ASCII);

  /** "00" to "99". */
  private static final byte[] PAIRS = pairs();

  private static final long[] POWERS_OF_TEN = powersOfTen();

  private final ShortestDecimal decimal = new ShortestDecimal();

  private static byte[] pairs() {
    byte[] pairs = new byte[200];
    for (int i = 0; i < 100; i++) {
      pairs[2 * i] = (byte) ('0' + i / 10);
      pairs[2 * i + 1] = (byte) ('0' + i % 10);
    }
    return pairs;
  }

  private static long[] powersOfTen() {
    long[] powers = new long[19];
    long power = 1;
    for (int i = 0; i < powers.length; i++) {
      powers[i] = power;
      power *= 10;
    }
    return powers;
  }

  /** Writes {@code value} at {@code at}, where {@link #MAX_BYTES} are free; returns its end. */
  int write(double value, byte[] out, int at) {
    long whole = (long) value;
    if (whole == value && whole < 1_000_000_000_000_000L && whole > -1_000_000_000_000_000L) {
      if (whole < 0) {
        out[at] = '-';
        return writeWhole(-whole, out, at + 1);
      }
      if (whole == 0 && Double.doubleToRawLongBits(value) != 0) {
        out[at] = '-';
        out[at + 1] = '0';
        return at + 2;
      }
      return writeWhole(whole, out, at);
    }
    if (Double.isNaN(value)) {
      return put(NAN, out, at);
    }
    double absolute = Math.abs(value);
    if (absolute == Double.POSITIVE_INFINITY) {
      return put(value > 0 ? PLUS_INF : MINUS_INF, out, at);
    }
    int start = at;
    if (value < 0) {
      out[start++] = '-';
    }
    decimal.of(absolute);
    return absolute < 1e-6 || absolute >= 1e21
        ? writeWithExponent(out, start)
        : writePlain(out, start);
  }

  private int writePlain(byte[] out, int at) {
    int exponent = decimal.exponent;
    if (exponent >= 0) {
      int end = writeWhole(decimal.digits, out, at);
      System.arraycopy(ZEROS, 0, out, end, exponent);
      return end + exponent;
    }
    int count = countDigits(decimal.digits);
    int point = count + exponent; // how many digits stand before the point
    if (point > 0) {
      int end = writeWhole(decimal.digits, out, at + 1);
      System.arraycopy(out, at + 1, out, at, point);
      out[at + point] = '.';
      return end;
    }
    out[at] = '0';
    out[at + 1] = '.';
    System.arraycopy(ZEROS, 0, out, at + 2, -point);
    return writeWhole(decimal.digits, out, at + 2 - point);
  }

  private int writeWithExponent(byte[] out, int at) {
    int count = countDigits(decimal.digits);
    int end;
    if (count == 1) {
      out[at] = (byte) ('0' + decimal.digits);
      end = at + 1;
    } else {
      end = writeWhole(decimal.digits, out, at + 1);
      out[at] = out[at + 1];
      out[at + 1] = '.';
    }
    int exponent = decimal.exponent + count - 1;
    out[end++] = 'e';
    out[end++] = (byte) (exponent < 0 ? '-' : '+');
    int size = Math.abs(exponent);
    if (size < 10) {
      out[end++] = '0';
    }
    return writeWhole(size, out, end);
  }

  /** Writes a number from 0 up; returns its end. */
  static int writeWhole(long value, byte[] out, int at) {
    int end = at + countDigits(value);
    int i = end;
    long left = value;
    while (left >= 100_000_000) { // eight digits at a time: division is cheaper in 32 bits
      long high = left / 100_000_000;
      int low = (int) (left - high * 100_000_000);
      left = high;
      for (int pairs = 0; pairs < 4; pairs++) {
        int hundredth = low / 100;
        i = writePair(low - hundredth * 100, out, i);
        low = hundredth;
      }
    }
    int rest = (int) left;
    while (rest >= 100) {
      int hundredth = rest / 100;
      i = writePair(rest - hundredth * 100, out, i);
      rest = hundredth;
    }
    if (rest >= 10) {
      writePair(rest, out, i);
    } else {
      out[i - 1] = (byte) ('0' + rest);
    }
    return end;
  }

  /** Writes two digits before {@code end}; returns where they begin. */
  private static int writePair(int pair, byte[] out, int end) {
    out[end - 1] = PAIRS[2 * pair + 1];
    out[end - 2] = PAIRS[2 * pair];
    return end - 2;
  }

  private static int countDigits(long value) {
    // 1233 / 4096 is a little more than log10(2).
    int guess = ((Long.SIZE - Long.numberOfLeadingZeros(value | 1)) * 1233) >>> 12;
    return (value | 1) >= POWERS_OF_TEN[guess] ? guess + 1 : guess;
  }

  private static int put(byte[] text, byte[] out, int at) {
    System.arraycopy(text, 0, out, at, text.length);
    return at + text.length;
  }
}
