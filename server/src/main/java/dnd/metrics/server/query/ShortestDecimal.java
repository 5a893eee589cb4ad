package dnd.metrics.server.query;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * The shortest decimal that reads back as a given double, the nearest one where several are as
 * short: what Go's {@code strconv} calls precision -1. After Raffaello Giulietti, "The Schubfach
 * way to render doubles" (2020): the double's rounding interval is scaled by a power of ten so that
 * it holds one or two candidates, with one 63 by 126 bit product for each end. Allocates nothing.
 * For one thread: the answer is in {@link #digits} and {@link #exponent}.
 */
final class ShortestDecimal {
  /** The least and greatest k for which 10^-k is needed. */
  private static final int K_MIN = -324;

  private static final int K_MAX = 292;
  private static final long MASK_63 = (1L << 63) - 1;
  private static final long MIN_NORMAL_SIGNIFICAND = 1L << 52;
  private static final int MIN_EXPONENT = -1074;

  /** Below this significand of a subnormal, one digit may do where the method looks for two. */
  private static final long TINY_SIGNIFICAND = 1024;

  /** For each k from K_MIN the 126 bits of 10^-k, rounded up, in two halves of 63 bits. */
  private static final long[] POWERS = powers();

  /** The digits as a whole number, without zeros at its end. */
  long digits;

  /** The value is {@link #digits} times ten to this power. */
  int exponent;

  private static long[] powers() {
    long[] halves = new long[2 * (K_MAX - K_MIN + 1)];
    for (int k = K_MIN; k <= K_MAX; k++) {
      // g = floor(10^-k / 2^r) + 1, where r makes it a number of 126 bits.
      int r = floorLog2Pow10(-k) - 125;
      BigInteger g;
      if (k <= 0) {
        BigInteger power = BigInteger.TEN.pow(-k);
        g = r >= 0 ? power.shiftRight(r) : power.shiftLeft(-r);
      } else {
        g = BigInteger.ONE.shiftLeft(-r).divide(BigInteger.TEN.pow(k));
      }
      g = g.add(BigInteger.ONE);
      halves[2 * (k - K_MIN)] = g.shiftRight(63).longValueExact();
      halves[2 * (k - K_MIN) + 1] = g.and(BigInteger.valueOf(MASK_63)).longValueExact();
    }
    return halves;
  }

  /** Finds the decimal of a finite value above zero. */
  void of(double value) {
    long bits = Double.doubleToRawLongBits(value);
    long fraction = bits & (MIN_NORMAL_SIGNIFICAND - 1);
    int biased = (int) (bits >>> 52) & 0x7ff;
    if (biased != 0) {
      scale(MIN_NORMAL_SIGNIFICAND | fraction, biased - 1075);
    } else if (fraction >= TINY_SIGNIFICAND) {
      scale(fraction, MIN_EXPONENT);
    } else {
      bySearch(value);
    }
    dropZeros();
  }

  private void scale(long c, int q) {
    long odd = c & 1;
    long middle = c << 2;
    long right = middle + 2;
    long left;
    int k;
    if (c != MIN_NORMAL_SIGNIFICAND || q == MIN_EXPONENT) {
      left = middle - 2;
      k = floorLog10Pow2(q);
    } else { // at a power of two the doubles below are twice as dense as those above
      left = middle - 1;
      k = floorLog10ThreeQuartersPow2(q);
    }
    int h = q + floorLog2Pow10(-k) + 2;
    long g1 = POWERS[2 * (k - K_MIN)];
    long g0 = POWERS[2 * (k - K_MIN) + 1];
    long vMiddle = roundToOdd(g1, g0, middle << h);
    long vLeft = roundToOdd(g1, g0, left << h);
    long vRight = roundToOdd(g1, g0, right << h);

    long s = vMiddle >> 2;
    exponent = k;
    long tensBelow = s / 10 * 10;
    long tensAbove = tensBelow + 10;
    boolean belowFits = vLeft + odd <= tensBelow << 2;
    boolean aboveFits = (tensAbove << 2) + odd <= vRight;
    if (belowFits != aboveFits) {
      digits = belowFits ? tensBelow : tensAbove;
      return;
    }
    long t = s + 1;
    boolean sFits = vLeft + odd <= s << 2;
    boolean tFits = (t << 2) + odd <= vRight;
    if (sFits != tFits) {
      digits = sFits ? s : t;
      return;
    }
    long side = vMiddle - ((s + t) << 1);
    digits = side < 0 || (side == 0 && (s & 1) == 0) ? s : t;
  }

  /** The product g times cp over 2^127, its last bit set where digits were cut off. */
  private static long roundToOdd(long g1, long g0, long cp) {
    long x1 = Math.multiplyHigh(g0, cp);
    long y0 = g1 * cp;
    long y1 = Math.multiplyHigh(g1, cp);
    long z = (y0 >>> 1) + x1;
    long w = y1 + (z >>> 63);
    return w | ((z & MASK_63) + MASK_63) >>> 63;
  }

  private void bySearch(double value) {
    BigDecimal exact = new BigDecimal(value);
    for (int precision = 1; ; precision++) {
      BigDecimal rounded = exact.round(new MathContext(precision, RoundingMode.HALF_EVEN));
      if (rounded.doubleValue() == value) {
        digits = rounded.unscaledValue().longValueExact();
        exponent = -rounded.scale();
        return;
      }
    }
  }

  private void dropZeros() {
    long d = digits;
    int e = exponent;
    while (true) {
      long tenth = d / 10;
      if (tenth * 10 != d) {
        break;
      }
      d = tenth;
      e++;
    }
    digits = d;
    exponent = e;
  }

  /** floor(log10(2^e)), by a fixed-point logarithm that is exact in the range of doubles. */
  private static int floorLog10Pow2(int e) {
    return (int) ((e * 661_971_961_083L) >> 41);
  }

  /** floor(log10(3/4 2^e)). */
  private static int floorLog10ThreeQuartersPow2(int e) {
    return (int) ((e * 661_971_961_083L - 274_743_187_321L) >> 41);
  }

  /** floor(log2(10^e)). */
  private static int floorLog2Pow10(int e) {
    return (int) ((e * 913_124_641_741L) >> 38);
  }
}
