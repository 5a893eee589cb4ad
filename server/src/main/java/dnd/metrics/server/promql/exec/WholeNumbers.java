package dnd.metrics.server.promql.exec;

/** Checks the parameter of {@code topk}, {@code bottomk} and {@code limitk}. */
final class WholeNumbers {
  private static final double LARGEST = 0x1.fffffffffffffp62;
  private static final double SMALLEST = -0x1p63;

  private WholeNumbers() {}

  /**
   * Whether any step keeps anything. Where that is not so, or the parameter is wrong, what would
   * have been kept is evaluated all the same, since its own errors and annotations come first.
   *
   * @throws QueryException where a value cannot be a whole number
   */
  static boolean check(QueryContext context, SeriesOperator inner, double[] values, int steps) {
    boolean anything = false;
    try {
      anything = check(values, steps);
    } finally {
      if (!anything) {
        SeriesList.exhaust(context, inner);
      }
    }
    return anything;
  }

  private static boolean check(double[] values, int steps) {
    double max = Double.NEGATIVE_INFINITY;
    double min = Double.POSITIVE_INFINITY;
    boolean anyNaN = false;
    for (int i = 0; i < steps; i++) {
      double v = values[i];
      anyNaN |= Double.isNaN(v);
      max = v > max ? v : max;
      min = v < min ? v : min;
    }
    if (anyNaN) {
      throw QueryException.execution("Parameter value is NaN");
    }
    if (max < 1) {
      return false;
    }
    if (min <= SMALLEST) {
      throw QueryException.execution(
          "Scalar value " + GoNumbers.general(min) + " underflows int64");
    }
    if (max >= LARGEST) {
      throw QueryException.execution("Scalar value " + GoNumbers.general(max) + " overflows int64");
    }
    return true;
  }
}
