package dnd.metrics.server.announce.route;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;

/**
 * Times that recur, such as the mornings of working days. Of each kind of range that is given one
 * must contain the time; a kind without ranges contains all. Immutable.
 *
 * @param times minutes of the day, the end not included
 * @param weekdays 0 is Sunday
 * @param daysOfMonth from 1, or from -1 backwards from the end of the month
 * @param months 1 is January
 * @param zone where the clock hangs
 */
public record TimeInterval(
    List<Range> times,
    List<Range> weekdays,
    List<Range> daysOfMonth,
    List<Range> months,
    List<Range> years,
    ZoneId zone) {

  /** From {@code begin} to {@code end}, both included but for minutes of the day. */
  public record Range(int begin, int end) {
    boolean contains(int value) {
      return value >= begin && value <= end;
    }
  }

  public TimeInterval {
    times = List.copyOf(times);
    weekdays = List.copyOf(weekdays);
    daysOfMonth = List.copyOf(daysOfMonth);
    months = List.copyOf(months);
    years = List.copyOf(years);
  }

  public boolean contains(long unixMillis) {
    ZonedDateTime time = Instant.ofEpochMilli(unixMillis).atZone(zone);
    int minute = time.getHour() * 60 + time.getMinute();
    return (times.isEmpty()
            || times.stream().anyMatch(range -> minute >= range.begin && minute < range.end))
        && (daysOfMonth.isEmpty()
            || daysOfMonth.stream()
                .anyMatch(range ->
                    containsDay(range, time.getDayOfMonth(), time.toLocalDate().lengthOfMonth())))
        && any(months, time.getMonthValue())
        && any(weekdays, time.getDayOfWeek().getValue() % 7)
        && any(years, time.getYear());
  }

  private static boolean any(List<Range> ranges, int value) {
    return ranges.isEmpty() || ranges.stream().anyMatch(range -> range.contains(value));
  }

  private static boolean containsDay(Range range, int day, int lastDay) {
    int begin = range.begin < 0 ? lastDay + range.begin + 1 : range.begin;
    int end = range.end < 0 ? lastDay + range.end + 1 : range.end;
    return begin <= lastDay && day >= begin && day <= end;
  }
}
