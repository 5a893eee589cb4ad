package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.StaleMarker;

/**
 * The marker for "no sample" in arrays of steps: the stale marker's NaN, which no arithmetic
 * produces and no selector returns. Told from other NaNs by its bits.
 */
final class Absent {
  static final double VALUE = StaleMarker.VALUE;
  static final long BITS = StaleMarker.BITS;

  private Absent() {}

  static boolean is(double value) {
    return Double.isNaN(value) && Double.doubleToRawLongBits(value) == BITS;
  }

  static void fill(double[] values, int count) {
    java.util.Arrays.fill(values, 0, count, VALUE);
  }
}
