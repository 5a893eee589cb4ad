package dnd.metrics.server.rules.template;

import dnd.metrics.server.rules.template.GoValue.NativeHistogram;
import dnd.metrics.server.rules.template.GoValue.Pointer;
import dnd.metrics.server.rules.template.GoValue.Time;
import dnd.metrics.server.rules.template.GoValue.Whole;
import java.time.DayOfWeek;
import java.time.Month;
import java.time.format.TextStyle;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How values print that have a {@code String} method in Go. */
final class OwnText {
  private static final String TIME_LAYOUT = "2006-01-02 15:04:05.999999999 -0700 MST";

  private OwnText() {}

  /** The text; null where the value's type has no such method. */
  static @Nullable String of(GoValue value) {
    return switch (value) {
      case Time time -> TimeLayout.format(TIME_LAYOUT, time.instant());
      case Whole whole -> ofWhole(whole);
      case Pointer pointer -> ofTarget(pointer.target());
      default -> null;
    };
  }

  private static @Nullable String ofTarget(@Nullable GoValue target) {
    if (target instanceof NativeHistogram h) {
      return h.histogram().toString();
    }
    return target == null || target instanceof Pointer ? null : of(target);
  }

  private static @Nullable String ofWhole(Whole whole) {
    GoType type = whole.type();
    long value = whole.value();
    if (type.equals(GoType.DURATION)) {
      return DurationMethods.print(value);
    }
    if (type.equals(GoType.MONTH)) {
      return value >= 1 && value <= 12
          ? Month.of((int) value).getDisplayName(TextStyle.FULL, Locale.ENGLISH)
          : "%!Month(" + Long.toUnsignedString(value) + ")";
    }
    if (type.equals(GoType.WEEKDAY)) {
      int day = value == 0 ? 7 : (int) value;
      return value >= 0 && value < 7
          ? DayOfWeek.of(day).getDisplayName(TextStyle.FULL, Locale.ENGLISH)
          : "%!Weekday(" + Long.toUnsignedString(value) + ")";
    }
    return null;
  }
}
