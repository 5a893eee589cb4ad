package dnd.metrics.client;

/**
 * Which bucket of a native histogram an observation falls into. Bucket {@code i} of schema {@code
 * s} holds {@code 2^((i-1) * 2^-s) < |v| <= 2^(i * 2^-s)}; a bucket of a coarser schema is the
 * union of buckets of a finer one, so that all are derived from the finest that the client uses.
 */
final class BucketIndex {
  static final int FINEST_SCHEMA = 3;
  static final int COARSEST_SCHEMA = -4;

  /** 2^-128: what is no larger counts as zero. */
  static final double ZERO_THRESHOLD = 0x1p-128;

  private static final long MANTISSA = (1L << 52) - 1;
  private static final int EXPONENT_BIAS = 1023;

  /** The bounds between 1 and 2 (doubles nearest to 2^(k/8)) as mantissas, and one beyond all. */
  private static final long[] BOUNDS = {
    mantissa(1.0),
    mantissa(1.0905077326652577),
    mantissa(1.189207115002721),
    mantissa(1.2968395546510096),
    mantissa(1.4142135623730951),
    mantissa(1.5422108254079407),
    mantissa(1.681792830507429),
    mantissa(1.8340080864093424),
    MANTISSA
  };

  /**
   * By the highest four bits of a mantissa: how many bounds lie below all mantissas that begin with
   * them. No two bounds begin with the same four bits, so one comparison finds the rest.
   */
  private static final int[] BELOW = new int[16];

  static {
    for (int i = 0; i < 16; i++) {
      long least = (long) i << 48;
      while (BELOW[i] < 8 && BOUNDS[BELOW[i]] < least) {
        BELOW[i]++;
      }
    }
  }

  private BucketIndex() {}

  private static long mantissa(double bound) {
    return Double.doubleToRawLongBits(bound) & MANTISSA;
  }

  /** The bucket of {@code magnitude}, which is finite and above {@link #ZERO_THRESHOLD}. */
  static int of(double magnitude, int schema) {
    long bits = Double.doubleToRawLongBits(magnitude);
    long mantissa = bits & MANTISSA;
    int below = BELOW[(int) (mantissa >>> 48)];
    if (mantissa > BOUNDS[below]) {
      below++;
    }
    int finest = ((int) (bits >>> 52) - EXPONENT_BIAS) * 8 + below;
    return coarser(finest, FINEST_SCHEMA - schema);
  }

  /** The bucket that {@code index} goes into where the schema is lowered by {@code by}. */
  static int coarser(int index, int by) {
    return (index + (1 << by) - 1) >> by;
  }
}
