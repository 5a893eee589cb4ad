package dnd.metrics.server.model;

/**
 * Kahan summation with Neumaier's improvement, as PromQL sums: the part of each term that a sum is
 * too coarse to take is carried along and added at the end. A sum that overflowed carries nothing.
 */
final class CompensatedSum {
  private CompensatedSum() {}

  /** What is carried along with {@code sum + term} when {@code carried} was with {@code sum}. */
  static double carry(double term, double sum, double carried) {
    double total = sum + term;
    if (Double.isInfinite(total)) {
      return 0;
    }
    return Math.abs(sum) >= Math.abs(term)
        ? carried + ((sum - total) + term)
        : carried + ((term - total) + sum);
  }
}
