package dnd.metrics.server.promql.parse;

/**
 * Durations as Prometheus writes them: {@code 1h30m}, units from years to milliseconds in falling
 * order; a year has 365 days.
 */
public final class DurationText {
  private static final String[] UNITS = {"y", "w", "d", "h", "m", "s", "ms"};
  private static final long[] UNIT_MILLIS = {
    365L * 24 * 3600 * 1000, 7L * 24 * 3600 * 1000, 24L * 3600 * 1000, 3600_000, 60_000, 1000, 1
  };

  /** What Prometheus can hold, in nanoseconds of 63 bits. */
  private static final long LIMIT_MILLIS = Long.MAX_VALUE / 1_000_000;

  private DurationText() {}

  /**
   * Reads a duration without a sign.
   *
   * @return milliseconds
   * @throws IllegalArgumentException in Prometheus's words
   */
  public static long parseMillis(String text) {
    if (text.equals("0")) {
      return 0;
    }
    if (text.isEmpty()) {
      throw new IllegalArgumentException("empty duration string");
    }
    long total = 0;
    int lastUnit = -1;
    int i = 0;
    while (i < text.length()) {
      int digits = i;
      while (i < text.length() && Character.digit(text.charAt(i), 10) >= 0) {
        i++;
      }
      int unitStart = i;
      while (i < text.length() && Character.digit(text.charAt(i), 10) < 0) {
        i++;
      }
      if (unitStart == digits || i == unitStart || unitStart - digits > 18) {
        throw notValid(text);
      }
      long count = Long.parseLong(text, digits, unitStart, 10);
      int unit = unit(text.substring(unitStart, i), text);
      if (unit <= lastUnit) {
        throw notValid(text);
      }
      lastUnit = unit;
      if (count > LIMIT_MILLIS / UNIT_MILLIS[unit]
          || total + count * UNIT_MILLIS[unit] > LIMIT_MILLIS) {
        throw new IllegalArgumentException("duration out of range");
      }
      total += count * UNIT_MILLIS[unit];
    }
    return total;
  }

  /** As Prometheus prints it: the largest units, weeks and years only where they fit exactly. */
  public static String format(long millis) {
    if (millis == 0) {
      return "0s";
    }
    StringBuilder out = new StringBuilder();
    long rest = millis;
    if (rest < 0) {
      out.append('-');
      rest = -rest;
    }
    for (int i = 0; i < UNITS.length; i++) {
      boolean exactOnly = i < 2;
      if (exactOnly && rest % UNIT_MILLIS[i] != 0) {
        continue;
      }
      long count = rest / UNIT_MILLIS[i];
      if (count > 0) {
        out.append(count).append(UNITS[i]);
        rest -= count * UNIT_MILLIS[i];
      }
    }
    return out.toString();
  }

  private static int unit(String name, String text) {
    for (int i = 0; i < UNITS.length; i++) {
      if (UNITS[i].equals(name)) {
        return i;
      }
    }
    throw new IllegalArgumentException(
        "unknown unit " + GoQuoting.quote(name) + " in duration " + GoQuoting.quote(text));
  }

  private static IllegalArgumentException notValid(String text) {
    return new IllegalArgumentException("not a valid duration string: " + GoQuoting.quote(text));
  }
}
