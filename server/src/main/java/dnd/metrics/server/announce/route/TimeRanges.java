package dnd.metrics.server.announce.route;

import dnd.metrics.server.announce.route.TimeInterval.Range;
import java.util.List;
import java.util.Locale;
import java.util.function.ToIntFunction;
import java.util.regex.Pattern;

/** Reads and writes the ranges of a {@link TimeInterval}: {@code monday:friday}, {@code 1:-1}. */
final class TimeRanges {
  static final List<String> WEEKDAYS =
      List.of("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday");

  static final List<String> MONTHS =
      List.of(
          "january",
          "february",
          "march",
          "april",
          "may",
          "june",
          "july",
          "august",
          "september",
          "october",
          "november",
          "december");

  private static final Pattern TIME = Pattern.compile("(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00");
  private static final Pattern NUMBER = Pattern.compile("[+-]?[0-9]{1,9}");

  /** No month is shorter. */
  private static final int SHORTEST_MONTH_DAYS = 28;

  private TimeRanges() {}

  static Range weekdays(String text) {
    Range range =
        range(
            text,
            word -> {
              int day = WEEKDAYS.indexOf(word);
              if (day < 0) {
                throw new IllegalArgumentException(word + " is not a valid weekday");
              }
              return day;
            });
    if (range.begin() > range.end()) {
      throw new IllegalArgumentException("the end day is before the start day in " + text);
    }
    return range;
  }

  static Range daysOfMonth(String text) {
    Range range = range(text, TimeRanges::number);
    requireDay(range.begin());
    requireDay(range.end());
    if (range.begin() < 0 && range.end() > 0) {
      throw new IllegalArgumentException("end day must be negative if start day is negative");
    }
    int begin = range.begin() < 0 ? SHORTEST_MONTH_DAYS + range.begin() : range.begin();
    int end = range.end() < 0 ? SHORTEST_MONTH_DAYS + range.end() : range.end();
    if (begin > end) {
      throw new IllegalArgumentException(
          "end day " + range.end() + " is always before start day " + range.begin());
    }
    return range;
  }

  private static void requireDay(int day) {
    if (day == 0 || day < -31 || day > 31) {
      throw new IllegalArgumentException(day + " is not a valid day of the month: out of range");
    }
  }

  static Range months(String text) {
    Range range =
        range(
            text,
            word -> {
              int month = MONTHS.indexOf(word) + 1;
              month = month == 0 && NUMBER.matcher(word).matches() ? number(word) : month;
              if (month < 1 || month > MONTHS.size()) {
                throw new IllegalArgumentException(word + " is not a valid month");
              }
              return month;
            });
    if (range.begin() > range.end()) {
      throw new IllegalArgumentException("the end month is before the start month in " + text);
    }
    return range;
  }

  static Range years(String text) {
    Range range = range(text, TimeRanges::number);
    if (range.begin() > range.end()) {
      throw new IllegalArgumentException(
          "end year " + range.end() + " is before start year " + range.begin());
    }
    return range;
  }

  static Range times(String start, String end) {
    Range range = new Range(minuteOfDay(start), minuteOfDay(end));
    if (range.begin() >= range.end()) {
      throw new IllegalArgumentException("start time cannot be equal or greater than end time");
    }
    return range;
  }

  private static int minuteOfDay(String text) {
    if (!TIME.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "couldn't parse timestamp " + text + ", invalid format (such as 08:30)");
    }
    return Integer.parseInt(text.substring(0, 2)) * 60 + Integer.parseInt(text.substring(3));
  }

  private static Range range(String text, ToIntFunction<String> member) {
    String[] ends = text.toLowerCase(Locale.ROOT).strip().split(":", -1);
    if (ends.length > 2) {
      throw new IllegalArgumentException("couldn't parse range " + text + ", invalid format");
    }
    return new Range(
        member.applyAsInt(ends[0].strip()), member.applyAsInt(ends[ends.length - 1].strip()));
  }

  private static int number(String text) {
    if (!NUMBER.matcher(text).matches()) {
      throw new IllegalArgumentException("'" + text + "' is no whole number");
    }
    return Integer.parseInt(text);
  }
}
