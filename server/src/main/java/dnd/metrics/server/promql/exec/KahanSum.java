package dnd.metrics.server.promql.exec;

/**
 * Adds floats with the rounding errors kept apart (Neumaier's variant of Kahan's sum), so that sums
 * agree with Prometheus's. For one thread.
 */
final class KahanSum {
  double sum;
  double compensation;

  void reset(double newSum) {
    sum = newSum;
    compensation = 0;
  }

  void add(double v) {
    double t = sum + v;
    if (Double.isInfinite(t)) {
      compensation = 0;
    } else if (Math.abs(sum) >= Math.abs(v)) {
      compensation += (sum - t) + v;
    } else {
      compensation += (v - t) + sum;
    }
    sum = t;
  }

  double value() {
    return Double.isInfinite(sum) ? sum : sum + compensation;
  }
}
