package dnd.metrics.server.chunk;

/**
 * Whole numbers in few bits, as Prometheus's histogram chunks have them: one to eight one-bits say
 * how many bits follow; a single zero bit is zero.
 */
final class Varbit {
  /** Bits that follow one, two, ... eight one-bits (the first seven also end with a zero bit). */
  private static final int[] SIZES = {0, 3, 6, 9, 12, 18, 25, 56, 64};

  private Varbit() {}

  static int size(int ones) {
    return SIZES[ones];
  }

  /** How many one-bits announce a signed number; its range leans to the positive side. */
  static int onesForSigned(long value) {
    if (value == 0) {
      return 0;
    }
    int ones = 1;
    while (ones < 8 && !fitsSigned(value, SIZES[ones])) {
      ones++;
    }
    return ones;
  }

  private static boolean fitsSigned(long value, int bits) {
    return -((1L << (bits - 1)) - 1) <= value && value <= 1L << (bits - 1);
  }

  static int onesForUnsigned(long value) {
    if (value == 0) {
      return 0;
    }
    int ones = 1;
    while (ones < 8 && Long.numberOfLeadingZeros(value) < 64 - SIZES[ones]) {
      ones++;
    }
    return ones;
  }
}
