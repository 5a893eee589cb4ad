package dnd.metrics.events;

import org.jspecify.annotations.Nullable;

/**
 * Durations as events carry them: {@code 10s}, {@code 1h30m}, {@code 250ms} (units y w d h m s ms,
 * largest first, each at most once, as in PromQL), or seconds as a number or as text of digits.
 * Inside they are milliseconds from 0 up.
 */
public final class Durations {
  private static final String[] UNITS = {"y", "w", "d", "h", "m", "s", "ms"};
  private static final long[] MILLIS = {
    31_536_000_000L, 604_800_000L, 86_400_000L, 3_600_000L, 60_000L, 1000L, 1L
  };

  private Durations() {}

  /** The milliseconds of {@code text}, or null where it is no duration. */
  public static @Nullable Long parse(String text) {
    long total = 0;
    int at = 0;
    int nextUnit = 0;
    int n = text.length();
    if (n == 0) {
      return null;
    }
    while (at < n) {
      long count = 0;
      int first = at;
      while (at < n && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
        if (at - first >= 15) {
          return null;
        }
        count = count * 10 + text.charAt(at++) - '0';
      }
      int unitAt = at;
      while (at < n && text.charAt(at) >= 'a' && text.charAt(at) <= 'z') {
        at++;
      }
      int unit = indexOf(text.substring(unitAt, at));
      if (unitAt == first || unit < nextUnit) {
        return parseSeconds(text);
      }
      nextUnit = unit + 1;
      try {
        total = Math.addExact(total, Math.multiplyExact(count, MILLIS[unit]));
      } catch (ArithmeticException e) {
        return null;
      }
    }
    return total;
  }

  private static int indexOf(String unit) {
    for (int i = 0; i < UNITS.length; i++) {
      if (UNITS[i].equals(unit)) {
        return i;
      }
    }
    return -1;
  }

  private static @Nullable Long parseSeconds(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && c != '.') {
        return null;
      }
    }
    try {
      return ofSeconds(Double.parseDouble(text));
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /** The nearest millisecond, or null where it is negative or longer than 292 million years. */
  public static @Nullable Long ofSeconds(double seconds) {
    double millis = seconds * 1000;
    return millis >= 0 && millis < 9.2e18 ? Math.round(millis) : null;
  }

  /** The shortest text that {@link #parse} reads as {@code millis}, such as {@code 1h30m}. */
  public static String format(long millis) {
    if (millis == 0) {
      return "0s";
    }
    StringBuilder out = new StringBuilder();
    long left = millis;
    for (int i = 0; i < UNITS.length; i++) {
      long count = left / MILLIS[i];
      // As Prometheus does, weeks and years are used only where nothing is left over.
      if (count > 0 && (i > 1 || left % MILLIS[i] == 0)) {
        out.append(count).append(UNITS[i]);
        left -= count * MILLIS[i];
      }
    }
    return out.toString();
  }
}
