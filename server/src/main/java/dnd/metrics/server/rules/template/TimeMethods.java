package dnd.metrics.server.rules.template;

import dnd.metrics.server.rules.template.GoValue.Time;
import dnd.metrics.server.rules.template.GoValue.Whole;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The methods of {@code time.Time}; every time is in UTC. */
final class TimeMethods {
  /** The zero time of Go: 1 January of the year 1. */
  private static final Instant ZERO = Instant.parse("0001-01-01T00:00:00Z");

  private static final long NANOS = 1_000_000_000;

  private TimeMethods() {}

  static @Nullable GoFunction find(Instant instant, String name) {
    OffsetDateTime time = instant.atOffset(ZoneOffset.UTC);
    return switch (name) {
      case "String" -> Methods.text(String.valueOf(OwnText.of(new Time(instant))));
      case "Format" ->
          GoFunction.of(
              a -> GoValues.text(TimeLayout.format(text(a.getFirst()), instant)), GoType.STRING);
      case "Unix" -> constant(instant.getEpochSecond(), GoType.INT64);
      case "UnixMilli" -> constant(instant.toEpochMilli(), GoType.INT64);
      case "UnixMicro" ->
          constant(instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1000, GoType.INT64);
      case "UnixNano" ->
          constant(instant.getEpochSecond() * NANOS + instant.getNano(), GoType.INT64);
      case "Year" -> constant(time.getYear(), GoType.INT);
      case "Month" -> constant(time.getMonthValue(), GoType.MONTH);
      case "Day" -> constant(time.getDayOfMonth(), GoType.INT);
      case "Hour" -> constant(time.getHour(), GoType.INT);
      case "Minute" -> constant(time.getMinute(), GoType.INT);
      case "Second" -> constant(time.getSecond(), GoType.INT);
      case "Nanosecond" -> constant(time.getNano(), GoType.INT);
      case "Weekday" -> constant(time.getDayOfWeek().getValue() % 7, GoType.WEEKDAY);
      case "YearDay" -> constant(time.getDayOfYear(), GoType.INT);
      case "UTC", "Local" -> GoFunction.of(none -> new Time(instant));
      case "IsZero" -> GoFunction.of(none -> GoValues.bool(instant.equals(ZERO)));
      case "Add" ->
          GoFunction.of(a -> new Time(instant.plusNanos(whole(a.getFirst()))), GoType.DURATION);
      case "AddDate" -> GoFunction.of(a -> addDate(time, a), GoType.INT, GoType.INT, GoType.INT);
      case "Sub" ->
          GoFunction.of(a -> duration(nanosBetween(time(a.getFirst()), instant)), GoType.TIME);
      case "After" ->
          GoFunction.of(a -> GoValues.bool(instant.isAfter(time(a.getFirst()))), GoType.TIME);
      case "Before" ->
          GoFunction.of(a -> GoValues.bool(instant.isBefore(time(a.getFirst()))), GoType.TIME);
      case "Equal" ->
          GoFunction.of(a -> GoValues.bool(instant.equals(time(a.getFirst()))), GoType.TIME);
      case "Compare" ->
          GoFunction.of(
              a -> GoValues.integer(Integer.signum(instant.compareTo(time(a.getFirst())))),
              GoType.TIME);
      case "Truncate" ->
          GoFunction.of(a -> multiple(instant, whole(a.getFirst()), false), GoType.DURATION);
      case "Round" ->
          GoFunction.of(a -> multiple(instant, whole(a.getFirst()), true), GoType.DURATION);
      default -> null;
    };
  }

  private static GoFunction constant(long value, GoType type) {
    return GoFunction.of(none -> new Whole(value, type));
  }

  private static GoValue addDate(OffsetDateTime time, List<GoValue> arguments) {
    long months = whole(arguments.get(0)) * 12 + whole(arguments.get(1));
    // Days that a month does not have run over into the next one.
    OffsetDateTime first = time.withDayOfMonth(1).plusMonths(months);
    return new Time(first.plusDays(time.getDayOfMonth() - 1 + whole(arguments.get(2))).toInstant());
  }

  /** The time at a multiple of the duration since Go's zero time, down or to the nearest. */
  private static GoValue multiple(Instant instant, long unit, boolean nearest) {
    if (unit <= 0) {
      return new Time(instant);
    }
    BigInteger since =
        BigInteger.valueOf(instant.getEpochSecond() - ZERO.getEpochSecond())
            .multiply(BigInteger.valueOf(NANOS))
            .add(BigInteger.valueOf(instant.getNano()));
    long rest = since.mod(BigInteger.valueOf(unit)).longValueExact();
    boolean up = nearest && rest >= unit - rest;
    return new Time(up ? instant.plusNanos(unit - rest) : instant.minusNanos(rest));
  }

  private static long nanosBetween(Instant from, Instant to) {
    try {
      return Duration.between(from, to).toNanos();
    } catch (ArithmeticException e) {
      return to.isAfter(from) ? Long.MAX_VALUE : Long.MIN_VALUE;
    }
  }

  private static GoValue duration(long nanos) {
    return new Whole(nanos, GoType.DURATION);
  }

  private static String text(GoValue value) {
    return ((GoValue.Text) value).value();
  }

  private static long whole(GoValue value) {
    return ((Whole) value).value();
  }

  private static Instant time(GoValue value) {
    return ((Time) value).instant();
  }
}
