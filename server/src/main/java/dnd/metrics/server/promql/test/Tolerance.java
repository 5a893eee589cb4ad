package dnd.metrics.server.promql.test;

import dnd.metrics.server.model.StaleMarker;

/**
 * When two floats count as equal: a relative difference below 1e-6 of their sum, as in Prometheus's
 * util/almost. A NaN equals any other, but for stale markers, which only equal each other.
 */
final class Tolerance {
  private static final double RELATIVE = 1e-6;

  private Tolerance() {}

  static boolean equal(double a, double b) {
    if (StaleMarker.is(a) || StaleMarker.is(b)) {
      return StaleMarker.is(a) && StaleMarker.is(b);
    }
    if (a == b || (Double.isNaN(a) && Double.isNaN(b))) {
      return true;
    }
    double sum = Math.abs(a) + Math.abs(b);
    double difference = Math.abs(a - b);
    if (a == 0 || b == 0 || sum < Double.MIN_NORMAL) {
      return difference < RELATIVE * Double.MIN_NORMAL;
    }
    return difference / Math.min(sum, Double.MAX_VALUE) < RELATIVE;
  }
}
