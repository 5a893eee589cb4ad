package dnd.metrics.events;

import org.jspecify.annotations.Nullable;

/**
 * Times as events carry them: RFC 3339 text with any offset and any number of fraction digits, or
 * Unix seconds as a number (or as text of digits). Inside they are Unix milliseconds. A text
 * without an offset is refused, since nobody can tell which clock it was read from
 * (docs/decisions/events.md).
 */
public final class Timestamps {
  /** 0000-01-01T00:00:00Z. */
  public static final long MIN_MILLIS = -62_167_219_200_000L;

  /** 9999-12-31T23:59:59.999Z. */
  public static final long MAX_MILLIS = 253_402_300_799_999L;

  private Timestamps() {}

  /**
   * The milliseconds of {@code text}, or null where it is no time; digits past them are cut off.
   */
  public static @Nullable Long parse(String text) {
    if (!text.isEmpty() && isNumberStart(text.charAt(0)) && text.indexOf(':') < 0) {
      return parseNumber(text);
    }
    return parseRfc3339(text);
  }

  private static boolean isNumberStart(char c) {
    return (c >= '0' && c <= '9') || c == '-' || c == '.';
  }

  private static @Nullable Long parseNumber(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!isNumberStart(c) && c != 'e' && c != 'E' && c != '+') {
        return null;
      }
    }
    try {
      return ofUnixSeconds(Double.parseDouble(text));
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /** The nearest millisecond, or null where the year would not be 0 to 9999. */
  public static @Nullable Long ofUnixSeconds(double seconds) {
    double millis = seconds * 1000;
    return millis >= MIN_MILLIS && millis <= MAX_MILLIS ? Math.round(millis) : null;
  }

  private static @Nullable Long parseRfc3339(String s) {
    int n = s.length();
    if (n < 20
        || s.charAt(4) != '-'
        || s.charAt(7) != '-'
        || "Tt ".indexOf(s.charAt(10)) < 0
        || s.charAt(13) != ':'
        || s.charAt(16) != ':') {
      return null;
    }
    int year = digits(s, 0, 4);
    int month = digits(s, 5, 2);
    int day = digits(s, 8, 2);
    int hour = digits(s, 11, 2);
    int minute = digits(s, 14, 2);
    int second = digits(s, 17, 2);
    if (year < 0
        || month < 1
        || month > 12
        || day < 1
        || day > lengthOfMonth(year, month)
        || hour < 0
        || hour > 23
        || minute < 0
        || minute > 59
        || second < 0
        || second > 60) { // 60 is a leap second: the first moment of the next minute
      return null;
    }
    int at = 19;
    int milli = 0;
    if (s.charAt(at) == '.') {
      int first = ++at;
      int weight = 100;
      while (at < n && s.charAt(at) >= '0' && s.charAt(at) <= '9') {
        milli += (s.charAt(at) - '0') * weight;
        weight /= 10;
        at++;
      }
      if (at == first) {
        return null;
      }
    }
    int offsetMinutes = offsetMinutes(s, at);
    if (offsetMinutes == Integer.MIN_VALUE) {
      return null;
    }
    long minutes = (daysFromCivil(year, month, day) * 24 + hour) * 60 + minute - offsetMinutes;
    long millis = (minutes * 60 + second) * 1000 + milli;
    return millis >= MIN_MILLIS && millis <= MAX_MILLIS ? millis : null;
  }

  /**
   * Reads {@code Z}, {@code +hh:mm} or {@code -hh:mm} to the end; MIN_VALUE where it is neither.
   */
  private static int offsetMinutes(String s, int at) {
    int left = s.length() - at;
    if (left == 1 && (s.charAt(at) == 'Z' || s.charAt(at) == 'z')) {
      return 0;
    }
    if (left != 6 || s.charAt(at + 3) != ':') {
      return Integer.MIN_VALUE;
    }
    int hours = digits(s, at + 1, 2);
    int minutes = digits(s, at + 4, 2);
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) {
      return Integer.MIN_VALUE;
    }
    return switch (s.charAt(at)) {
      case '+' -> hours * 60 + minutes;
      case '-' -> -(hours * 60 + minutes);
      default -> Integer.MIN_VALUE;
    };
  }

  private static int digits(String s, int from, int count) {
    int value = 0;
    for (int i = from; i < from + count; i++) {
      int d = s.charAt(i) - '0';
      if (d < 0 || d > 9) {
        return -1;
      }
      value = value * 10 + d;
    }
    return value;
  }

  private static int lengthOfMonth(int year, int month) {
    return switch (month) {
      case 2 -> year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
      case 4, 6, 9, 11 -> 30;
      default -> 31;
    };
  }

  /** Days since 1970-01-01 (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms"). */
  private static long daysFromCivil(int year, int month, int day) {
    long y = month <= 2 ? year - 1L : year;
    long era = Math.floorDiv(y, 400L);
    long yearOfEra = y - era * 400;
    long dayOfYear = (153L * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    long dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
    return era * 146_097 + dayOfEra - 719_468;
  }

  /** {@code 2026-11-24T10:00:00.123Z}; always three fraction digits. */
  public static String format(long millis) {
    byte[] out = new byte[24];
    write(millis, out, 0);
    return new String(out, java.nio.charset.StandardCharsets.US_ASCII);
  }

  /** Writes the 24 bytes of {@link #format} at {@code at}. */
  static void write(long millis, byte[] out, int at) {
    long clamped = Math.max(MIN_MILLIS, Math.min(MAX_MILLIS, millis));
    long days = Math.floorDiv(clamped, 86_400_000L);
    int rest = (int) (clamped - days * 86_400_000L);
    long z = days + 719_468;
    long era = Math.floorDiv(z, 146_097L);
    int dayOfEra = (int) (z - era * 146_097);
    int yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
    int dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
    int shifted = (5 * dayOfYear + 2) / 153;
    int month = shifted < 10 ? shifted + 3 : shifted - 9;
    int year = (int) (yearOfEra + era * 400) + (month <= 2 ? 1 : 0);
    put(out, at, year, 4);
    out[at + 4] = '-';
    put(out, at + 5, month, 2);
    out[at + 7] = '-';
    put(out, at + 8, dayOfYear - (153 * shifted + 2) / 5 + 1, 2);
    out[at + 10] = 'T';
    put(out, at + 11, rest / 3_600_000, 2);
    out[at + 13] = ':';
    put(out, at + 14, rest / 60_000 % 60, 2);
    out[at + 16] = ':';
    put(out, at + 17, rest / 1000 % 60, 2);
    out[at + 19] = '.';
    put(out, at + 20, rest % 1000, 3);
    out[at + 23] = 'Z';
  }

  private static void put(byte[] out, int at, int value, int digits) {
    int left = value;
    for (int i = at + digits - 1; i >= at; i--) {
      out[i] = (byte) ('0' + left % 10);
      left /= 10;
    }
  }
}
