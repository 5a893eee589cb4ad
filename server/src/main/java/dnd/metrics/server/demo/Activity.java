package dnd.metrics.server.demo;

/**
 * How busy the platform is at a time: a curve over the day with its peak at 20:00 UTC, and an
 * incident in combat that lasts one minute of every ten (from :07 to :08, :17 to :18, ...).
 */
final class Activity {
  private static final long DAY_MILLIS = 86_400_000;
  private static final long PEAK_MILLIS = 20 * 3_600_000L;
  private static final long INCIDENT_EVERY_MILLIS = 600_000;
  private static final long INCIDENT_FROM_MILLIS = 420_000;
  private static final long INCIDENT_TO_MILLIS = 480_000;

  private Activity() {}

  /** From 0.25 in the morning to 1.75 in the evening, 1 on average. */
  static double level(long timeMillis) {
    double turn = (double) Math.floorMod(timeMillis - PEAK_MILLIS, DAY_MILLIS) / DAY_MILLIS;
    return 1 + 0.75 * Math.cos(2 * Math.PI * turn);
  }

  static boolean isIncident(long timeMillis) {
    long inTurn = Math.floorMod(timeMillis, INCIDENT_EVERY_MILLIS);
    return inTurn >= INCIDENT_FROM_MILLIS && inTurn < INCIDENT_TO_MILLIS;
  }
}
