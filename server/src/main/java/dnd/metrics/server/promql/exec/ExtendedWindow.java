package dnd.metrics.server.promql.exec;

/**
 * Which samples an {@code anchored} or {@code smoothed} range takes of those that its window, which
 * reaches further by the lookback, holds: from the last one at or before the range's start (or the
 * first there is) to the window's end, or where {@code smoothed} to the first at or after the
 * range's end. Reused from step to step.
 */
final class ExtendedWindow {
  private final boolean smoothed;

  int first;

  /** Itself included. */
  int last;

  ExtendedWindow(boolean smoothed) {
    this.smoothed = smoothed;
  }

  /**
   * Finds the samples.
   *
   * @param from the window's first sample, of those at {@code times}
   * @param to where the window ends, itself excluded; there is at least one sample
   * @return false where all samples lie before the range
   */
  boolean find(long[] times, int from, int to, long rangeStart, long rangeEnd) {
    last = to - 1;
    int after = RangeSamples.firstFrom(times, from, last, rangeStart + 1);
    first = Math.max(from, after - 1);
    if (smoothed) {
      last = RangeSamples.firstFrom(times, from, last, rangeEnd);
    }
    return times[last] > rangeStart;
  }

  /** Whether all samples lie behind the range's end, where only smoothed ranges may look. */
  boolean isBehind(long[] times, long rangeEnd) {
    return times[first] > rangeEnd;
  }

  /** The value at the range's start. */
  double left(long[] times, double[] values, long rangeStart, boolean isCounter) {
    return smoothed && times[first] < rangeStart
        ? Interpolation.at(
            rangeStart, times[first], values[first], times[first + 1], values[first + 1], isCounter)
        : values[first];
  }

  /** The value at the range's end; {@code from} is the window's first sample. */
  double right(long[] times, double[] values, int from, long rangeEnd, boolean isCounter) {
    return smoothed && last > from && times[last] > rangeEnd
        ? Interpolation.at(
            rangeEnd, times[last - 1], values[last - 1], times[last], values[last], isCounter)
        : values[last];
  }
}
