package dnd.metrics.server.ingest;

import dnd.metrics.events.StrictJson;

/**
 * Reads the JSON number that stands at a place in a byte array. Exact: what it reads is what {@link
 * Double#parseDouble} reads. Numbers of up to 15 digits with a power of ten of up to 22, which is
 * nearly all, are computed: both parts are doubles without rounding, so that one division or
 * multiplication rounds once (Clinger, "How to Read Floating Point Numbers Accurately", 1990). For
 * one thread.
 */
final class JsonNumber {
  private static final double[] POWERS_OF_TEN = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22
  };
  private static final int MAX_EXACT_DIGITS = 15;

  private double value;

  /** The number that the last successful {@link #read} found. */
  double value() {
    return value;
  }

  /**
   * Reads a number from {@code at}; what follows it is not looked at.
   *
   * @return the place after the number, or -1 where there is no JSON number before {@code end}, or
   *     it is too large for a double
   */
  int read(byte[] bytes, int at, int end) {
    int i = at;
    boolean negative = i < end && bytes[i] == '-';
    if (negative) {
      i++;
    }
    int firstDigit = i;
    long digits = 0;
    while (i < end && isDigit(bytes[i])) {
      digits = digits * 10 + (bytes[i++] - '0'); // past 18 digits it is not used
    }
    int digitCount = i - firstDigit;
    if (digitCount == 0 || (digitCount > 1 && bytes[firstDigit] == '0')) {
      return -1;
    }
    int exponent = 0;
    if (i < end && bytes[i] == '.') {
      int first = ++i;
      while (i < end && isDigit(bytes[i])) {
        digits = digits * 10 + (bytes[i++] - '0');
      }
      int fraction = i - first;
      if (fraction == 0) {
        return -1;
      }
      digitCount += fraction;
      exponent = -fraction;
    }
    if (i < end && (bytes[i] == 'e' || bytes[i] == 'E')) {
      i = skipExponent(bytes, i + 1, end);
      return i < 0 ? -1 : slow(bytes, at, i);
    }
    if (digitCount > MAX_EXACT_DIGITS || exponent < -22) {
      return slow(bytes, at, i);
    }
    double magnitude = exponent == 0 ? digits : digits / POWERS_OF_TEN[-exponent];
    value = negative ? -magnitude : magnitude;
    return i;
  }

  private static int skipExponent(byte[] bytes, int at, int end) {
    int i = at;
    if (i < end && (bytes[i] == '+' || bytes[i] == '-')) {
      i++;
    }
    int first = i;
    while (i < end && isDigit(bytes[i])) {
      i++;
    }
    return i == first ? -1 : i;
  }

  @SuppressWarnings("deprecation") // ASCII bytes to a string, without a charset's detours
  private int slow(byte[] bytes, int from, int to) {
    if (to - from > StrictJson.MAX_NUMBER_CHARS) {
      return -1;
    }
    double parsed = Double.parseDouble(new String(bytes, 0, from, to - from));
    if (Double.isInfinite(parsed)) {
      return -1;
    }
    value = parsed;
    return to;
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }
}
