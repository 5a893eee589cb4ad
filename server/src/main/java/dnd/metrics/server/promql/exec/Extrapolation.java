package dnd.metrics.server.promql.exec;

/**
 * By how much the difference between first and last sample of a window grows when the series is
 * taken on to the bounds of the range: all the way where they are near (up to 10 % more than the
 * samples' distance), else half that distance; and of a counter no further back than to where it
 * was zero. Remembers what windows with as many samples in as much time have in common, which
 * spares divisions. For one thread.
 */
final class Extrapolation {
  private long sampledMillis = -1;
  private int intervals;
  private double sampled;
  private double distance;

  /**
   * @param newIntervals how many intervals the samples span
   * @param zeroShare the first value as a share of the increase, which says how long ago the
   *     counter was zero; negative where that is not to be asked
   */
  double factor(
      long firstTime,
      long lastTime,
      int newIntervals,
      long rangeStart,
      long rangeEnd,
      double zeroShare) {
    if (lastTime - firstTime != sampledMillis || newIntervals != intervals) {
      sampledMillis = lastTime - firstTime;
      intervals = newIntervals;
      sampled = sampledMillis / 1000.0;
      distance = sampled / newIntervals;
    }
    double toStart = (firstTime - rangeStart) / 1000.0;
    double toEnd = (rangeEnd - lastTime) / 1000.0;
    double threshold = distance * 1.1;
    if (toStart >= threshold) {
      toStart = distance / 2;
    }
    if (zeroShare >= 0) {
      double toZero = sampled * zeroShare;
      if (toZero < toStart) {
        toStart = toZero;
      }
    }
    if (toEnd >= threshold) {
      toEnd = distance / 2;
    }
    return sampled == 0 ? 1 : (sampled + toStart + toEnd) / sampled;
  }
}
