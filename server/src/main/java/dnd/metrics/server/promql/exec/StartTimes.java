package dnd.metrics.server.promql.exec;

/**
 * What start timestamps tell of two consecutive samples of a counter. Times are Unix milliseconds;
 * a start of 0 is unknown.
 */
final class StartTimes {
  private StartTimes() {}

  /** Whether the counting began anew between the two. */
  static boolean isReset(long previousStart, long previousTime, long start, long time) {
    if (start == 0 || start >= time || start < previousTime) {
      return false;
    }
    if (start > previousTime) {
      return true;
    }
    // The start is the sample before: a reset in a series of deltas, but not where OpenTelemetry
    // says "unknown" by giving the sample's own time, or where the start is nonsense.
    return previousStart <= previousTime && previousStart != 0 && previousStart != previousTime;
  }

  /** Whether the second sample claims to count from before the first, and not as the first does. */
  static boolean overlap(long previousStart, long previousTime, long start) {
    return start != 0 && start < previousTime && start != previousStart;
  }
}
