package dnd.metrics.server.promql.exec;

import java.util.Arrays;

/** The quantile of a set of floats, interpolated linearly between the two nearest. */
final class Quantiles {
  private Quantiles() {}

  /**
   * The q-quantile of the first {@code n} values, which are sorted on the way; NaN comes first. NaN
   * of no values, infinite where q is outside 0 to 1.
   */
  static double of(double q, double[] values, int n) {
    if (n == 0 || Double.isNaN(q)) {
      return Double.NaN;
    }
    if (q < 0) {
      return Double.NEGATIVE_INFINITY;
    }
    if (q > 1) {
      return Double.POSITIVE_INFINITY;
    }
    sortNaNFirst(values, n);
    double rank = q * (n - 1);
    int lower = (int) Math.max(0, Math.floor(rank));
    int upper = Math.min(n - 1, lower + 1);
    double weight = rank - Math.floor(rank);
    return values[lower] * (1 - weight) + values[upper] * weight;
  }

  private static void sortNaNFirst(double[] values, int n) {
    Arrays.sort(values, 0, n);
    int numbers = n;
    while (numbers > 0 && Double.isNaN(values[numbers - 1])) {
      numbers--;
    }
    int nans = n - numbers;
    if (nans > 0) {
      System.arraycopy(values, 0, values, nans, numbers);
      Arrays.fill(values, 0, nans, Double.NaN);
    }
  }
}
