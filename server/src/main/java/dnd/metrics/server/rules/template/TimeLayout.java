package dnd.metrics.server.rules.template;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.TextStyle;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Prints times by Go's layouts, which show how 2 January 2006, 15:04:05 would look; in UTC. */
final class TimeLayout {
  /** The pieces that stand for a part of the time; of those that fit, the first counts. */
  private static final String[] PIECES = {
    "January",
    "Jan",
    "Monday",
    "Mon",
    "MST",
    "2006",
    "-07:00:00",
    "-070000",
    "-07:00",
    "-0700",
    "-07",
    "Z07:00:00",
    "Z070000",
    "Z07:00",
    "Z0700",
    "Z07",
    "__2",
    "_2006",
    "_2",
    "002",
    "01",
    "02",
    "03",
    "04",
    "05",
    "06",
    "15",
    "PM",
    "pm",
    "1",
    "2",
    "3",
    "4",
    "5",
  };

  private TimeLayout() {}

  static String format(String layout, Instant instant) {
    OffsetDateTime time = instant.atOffset(ZoneOffset.UTC);
    StringBuilder out = new StringBuilder();
    int i = 0;
    while (i < layout.length()) {
      int fraction = fractionLength(layout, i);
      if (fraction > 0) {
        fraction(out, layout, i, fraction, time.getNano());
        i += fraction;
        continue;
      }
      String piece = piece(layout, i);
      if (piece == null) {
        out.append(layout.charAt(i));
        i++;
        continue;
      }
      if (piece.equals("_2006")) {
        out.append('_').append(print("2006", time));
      } else {
        out.append(print(piece, time));
      }
      i += piece.length();
    }
    return out.toString();
  }

  private static @Nullable String piece(String layout, int at) {
    for (String piece : PIECES) {
      if (layout.startsWith(piece, at) && fits(piece, layout, at + piece.length())) {
        return piece;
      }
    }
    return null;
  }

  /** The short name of a month is none where it goes on as another word, such as Janet. */
  private static boolean fits(String piece, String layout, int end) {
    if (!piece.equals("Jan") && !piece.equals("Mon")) {
      return true;
    }
    return end >= layout.length() || !Character.isLowerCase(layout.charAt(end));
  }

  private static String print(String piece, OffsetDateTime time) {
    int hour12 = time.getHour() % 12 == 0 ? 12 : time.getHour() % 12;
    return switch (piece) {
      case "January" -> time.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
      case "Jan" -> time.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH).substring(0, 3);
      case "1" -> Integer.toString(time.getMonthValue());
      case "01" -> digits(time.getMonthValue(), 2);
      case "Monday" -> time.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
      case "Mon" ->
          time.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH).substring(0, 3);
      case "2" -> Integer.toString(time.getDayOfMonth());
      case "02" -> digits(time.getDayOfMonth(), 2);
      case "_2" -> String.format(Locale.ROOT, "%2d", time.getDayOfMonth());
      case "002" -> digits(time.getDayOfYear(), 3);
      case "__2" -> String.format(Locale.ROOT, "%3d", time.getDayOfYear());
      case "15" -> digits(time.getHour(), 2);
      case "3" -> Integer.toString(hour12);
      case "03" -> digits(hour12, 2);
      case "4" -> Integer.toString(time.getMinute());
      case "04" -> digits(time.getMinute(), 2);
      case "5" -> Integer.toString(time.getSecond());
      case "05" -> digits(time.getSecond(), 2);
      case "2006" -> year(time.getYear());
      case "06" -> digits(Math.floorMod(time.getYear(), 100), 2);
      case "PM" -> time.getHour() >= 12 ? "PM" : "AM";
      case "pm" -> time.getHour() >= 12 ? "pm" : "am";
      case "MST" -> "UTC";
      case "-07" -> "+00";
      case "-0700" -> "+0000";
      case "-07:00" -> "+00:00";
      case "-070000" -> "+000000";
      case "-07:00:00" -> "+00:00:00";
      default -> "Z";
    };
  }

  private static String year(int year) {
    return year < 0 ? "-" + digits(-year, 4) : digits(year, 4);
  }

  private static String digits(int value, int width) {
    return String.format(Locale.ROOT, "%0" + width + "d", value);
  }

  /** The length of a fraction of a second, {@code .000} or {@code ,999}; 0 where there is none. */
  private static int fractionLength(String layout, int at) {
    char c = layout.charAt(at);
    if ((c != '.' && c != ',') || at + 1 >= layout.length()) {
      return 0;
    }
    char digit = layout.charAt(at + 1);
    if (digit != '0' && digit != '9') {
      return 0;
    }
    int end = at + 1;
    while (end < layout.length() && layout.charAt(end) == digit) {
      end++;
    }
    boolean more = end < layout.length() && TemplateLexer.isDigit(layout.charAt(end));
    return more ? 0 : end - at;
  }

  private static void fraction(StringBuilder out, String layout, int at, int length, int nanos) {
    String digits = digits(nanos, 9);
    String shown = (digits + "0".repeat(Math.max(0, length - 10))).substring(0, length - 1);
    if (layout.charAt(at + 1) == '9') {
      int end = shown.length();
      while (end > 0 && shown.charAt(end - 1) == '0') {
        end--;
      }
      shown = shown.substring(0, end);
      if (shown.isEmpty()) {
        return;
      }
    }
    out.append(layout.charAt(at)).append(shown);
  }
}
