package dnd.metrics.server.rules.template;

import dnd.metrics.server.rules.template.GoValue.Real;
import dnd.metrics.server.rules.template.GoValue.Whole;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** The methods of {@code time.Duration}, which counts nanoseconds. */
public final class DurationMethods {
  private static final long MICROSECOND = 1000;
  private static final long MILLISECOND = 1000 * MICROSECOND;
  private static final long SECOND = 1000 * MILLISECOND;
  private static final long MINUTE = 60 * SECOND;
  private static final long HOUR = 60 * MINUTE;

  private DurationMethods() {}

  static @Nullable GoFunction find(long nanos, String name) {
    return switch (name) {
      case "String" -> Methods.text(print(nanos));
      case "Hours" -> real(nanos, HOUR);
      case "Minutes" -> real(nanos, MINUTE);
      case "Seconds" -> real(nanos, SECOND);
      case "Milliseconds" -> whole(nanos / MILLISECOND);
      case "Microseconds" -> whole(nanos / MICROSECOND);
      case "Nanoseconds" -> whole(nanos);
      case "Abs" -> GoFunction.of(none -> duration(nanos < 0 ? -nanos : nanos));
      case "Truncate" ->
          GoFunction.of(
              a -> {
                long unit = ((Whole) a.getFirst()).value();
                return duration(unit <= 0 ? nanos : nanos - nanos % unit);
              },
              GoType.DURATION);
      case "Round" ->
          GoFunction.of(
              a -> duration(round(nanos, ((Whole) a.getFirst()).value())), GoType.DURATION);
      default -> null;
    };
  }

  /** As Go prints it: {@code 1h0m0.5s}, {@code 1.5ms}, {@code 0s}. */
  public static String print(long nanos) {
    if (nanos == 0) {
      return "0s";
    }
    BigDecimal size = BigDecimal.valueOf(nanos).abs();
    String sign = nanos < 0 ? "-" : "";
    if (size.compareTo(BigDecimal.valueOf(SECOND)) < 0) {
      long whole = size.longValueExact();
      if (whole < MICROSECOND) {
        return sign + whole + "ns";
      }
      return whole < MILLISECOND ? sign + plain(size, 3) + "µs" : sign + plain(size, 6) + "ms";
    }
    BigDecimal[] minutes = size.divideAndRemainder(BigDecimal.valueOf(MINUTE));
    String seconds = plain(minutes[1], 9) + "s";
    long wholeMinutes = minutes[0].longValueExact();
    if (wholeMinutes == 0) {
      return sign + seconds;
    }
    long hours = wholeMinutes / 60;
    return sign + (hours > 0 ? hours + "h" : "") + wholeMinutes % 60 + "m" + seconds;
  }

  private static String plain(BigDecimal nanos, int places) {
    BigDecimal value = nanos.movePointLeft(places).stripTrailingZeros();
    return value.signum() == 0 ? "0" : value.toPlainString();
  }

  private static long round(long nanos, long unit) {
    if (unit <= 0) {
      return nanos;
    }
    long rest = Math.abs(nanos % unit);
    long down = nanos - nanos % unit;
    boolean up = rest >= unit - rest;
    return up ? down + (nanos < 0 ? -unit : unit) : down;
  }

  private static GoFunction real(long nanos, long unit) {
    long whole = nanos / unit;
    double value = whole + (double) (nanos % unit) / unit;
    return GoFunction.of(none -> new Real(value));
  }

  private static GoFunction whole(long value) {
    return GoFunction.of(none -> new Whole(value, GoType.INT64));
  }

  private static GoValue duration(long nanos) {
    return new Whole(nanos, GoType.DURATION);
  }
}
