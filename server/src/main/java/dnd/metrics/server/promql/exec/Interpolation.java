package dnd.metrics.server.promql.exec;

/** The straight line between two samples, which {@code smoothed} selectors read values from. */
final class Interpolation {
  private Interpolation() {}

  /**
   * The value at {@code time}, between two samples of a series.
   *
   * @param isCounter whether a fall between the two is a reset, after which counting began at zero
   */
  static double at(
      long time,
      long firstTime,
      double firstValue,
      long secondTime,
      double secondValue,
      boolean isCounter) {
    double from = isCounter && secondValue < firstValue ? 0 : firstValue;
    return from + (secondValue - from) * (time - firstTime) / (secondTime - firstTime);
  }
}
