package dnd.metrics.server.promql.exec;

import java.time.LocalDate;

/**
 * The date and time of day of Unix seconds, UTC, as Go's {@code time.Unix} has them for any 64-bit
 * number: counted from an absolute year so far back that nothing is negative, and wrapping around.
 * What is no such number (NaN, infinity) is the smallest there is, as on amd64.
 */
final class UnixDate {
  private static final long DAY_SECONDS = 86_400;

  /** The calendar repeats itself after 400 years of so many days. */
  private static final long CYCLE_DAYS = 146_097;

  private static final long CYCLE_YEARS = 400;
  private static final long ABSOLUTE_YEARS = 292_277_022_400L;

  /** A first day of March, on which Go's absolute years begin too. */
  private static final LocalDate CYCLE_START = LocalDate.of(0, 3, 1);

  private static final long UNIX_TO_ABSOLUTE =
      (ABSOLUTE_YEARS / CYCLE_YEARS * CYCLE_DAYS - CYCLE_START.toEpochDay()) * DAY_SECONDS;

  private final long absoluteSeconds;

  UnixDate(double unixSeconds) {
    boolean fits = Math.abs(unixSeconds) < 0x1p63;
    long seconds = fits ? (long) unixSeconds : Long.MIN_VALUE;
    absoluteSeconds = seconds + UNIX_TO_ABSOLUTE;
  }

  int minute() {
    return (int) (Long.remainderUnsigned(absoluteSeconds, 3600) / 60);
  }

  int hour() {
    return (int) (Long.remainderUnsigned(absoluteSeconds, DAY_SECONDS) / 3600);
  }

  /** From 0 for Sunday. */
  int dayOfWeek() {
    return dateInCycle().getDayOfWeek().getValue() % 7;
  }

  int dayOfMonth() {
    return dateInCycle().getDayOfMonth();
  }

  int dayOfYear() {
    return dateInCycle().getDayOfYear();
  }

  int daysInMonth() {
    return dateInCycle().lengthOfMonth();
  }

  int month() {
    return dateInCycle().getMonthValue();
  }

  double year() {
    return dateInCycle().getYear() + days() / CYCLE_DAYS * CYCLE_YEARS - ABSOLUTE_YEARS;
  }

  private long days() {
    return Long.divideUnsigned(absoluteSeconds, DAY_SECONDS);
  }

  private LocalDate dateInCycle() {
    return CYCLE_START.plusDays(days() % CYCLE_DAYS);
  }
}
