package dnd.metrics.server.rules.template;

import static dnd.metrics.server.promql.parse.GoQuoting.quote;

import dnd.metrics.server.rules.template.GoValue.Real;
import dnd.metrics.server.rules.template.GoValue.Text;
import dnd.metrics.server.rules.template.GoValue.Whole;
import java.time.Instant;
import java.util.OptionalDouble;

/** Numbers for people: with prefixes, as durations, percentages and times. */
final class Humanizing {
  private static final String[] LARGE = {"k", "M", "G", "T", "P", "E", "Z", "Y"};
  private static final String[] LARGE_1024 = {"ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"};
  private static final String[] SMALL = {"m", "u", "n", "p", "f", "a", "z", "y"};
  private static final int DIGITS = 4;

  private Humanizing() {}

  /** What a number, or a text that holds one, is as a floating point number. */
  static double real(GoValue value) throws CallException {
    return switch (value) {
      case Real v -> v.value();
      case Whole v when v.type().equals(GoType.DURATION) -> v.value() / 1e9;
      case Whole v when v.type().equals(GoType.INT) || v.type().equals(GoType.INT64) -> v.value();
      case Text v when v.type().equals(GoType.STRING) -> parse(v.value());
      case GoValue.Nothing v -> throw new CallException("can't convert <nil> to float");
      default -> throw new CallException("can't convert " + value.type() + " to float");
    };
  }

  private static double parse(String text) throws CallException {
    OptionalDouble number = GoNumberParsing.real(text);
    if (number.isEmpty()) {
      throw new CallException("strconv.ParseFloat: parsing " + quote(text) + ": invalid syntax");
    }
    double value = number.getAsDouble();
    if (Double.isInfinite(value) && text.chars().anyMatch(TemplateLexer::isDigit)) {
      throw new CallException(
          "strconv.ParseFloat: parsing " + quote(text) + ": value out of range");
    }
    return value;
  }

  static String number(double value) {
    if (value == 0 || Double.isNaN(value) || Double.isInfinite(value)) {
      return digits(value);
    }
    return Math.abs(value) >= 1 ? divided(value, 1000, LARGE) : multiplied(value);
  }

  static String number1024(double value) {
    return Math.abs(value) <= 1 || Double.isNaN(value) || Double.isInfinite(value)
        ? digits(value)
        : divided(value, 1024, LARGE_1024);
  }

  private static String divided(double value, double by, String[] prefixes) {
    double rest = value;
    String prefix = "";
    for (String next : prefixes) {
      if (Math.abs(rest) < by) {
        break;
      }
      prefix = next;
      rest /= by;
    }
    return digits(rest) + prefix;
  }

  private static String multiplied(double value) {
    double rest = value;
    String prefix = "";
    for (String next : SMALL) {
      if (Math.abs(rest) >= 1) {
        break;
      }
      prefix = next;
      rest *= 1000;
    }
    return digits(rest) + prefix;
  }

  /** Seconds: {@code 1d 2h 3m 4s}, {@code 1.5s}, {@code 20ms}. */
  static String duration(double seconds) {
    if (Double.isNaN(seconds) || Double.isInfinite(seconds)) {
      return digits(seconds);
    }
    if (seconds == 0) {
      return digits(seconds) + "s";
    }
    if (Math.abs(seconds) < 1) {
      return multiplied(seconds) + "s";
    }
    String sign = seconds < 0 ? "-" : "";
    double size = Math.abs(seconds);
    long whole = size < 0x1p63 ? (long) size : Long.MIN_VALUE;
    long days = whole / 86_400;
    long hours = whole / 3600 % 24;
    long minutes = whole / 60 % 60;
    String rest = whole % 60 + "s";
    if (days != 0) {
      return sign + days + "d " + hours + "h " + minutes + "m " + rest;
    }
    if (hours != 0) {
      return sign + hours + "h " + minutes + "m " + rest;
    }
    return sign + (minutes != 0 ? minutes + "m " + rest : digits(size) + "s");
  }

  static String percentage(double ratio) {
    return digits(ratio * 100) + "%";
  }

  /** Unix seconds: {@code 2015-06-23 13:19:44.128 +0000 UTC}. */
  static String timestamp(double seconds) throws CallException {
    if (Double.isNaN(seconds) || Double.isInfinite(seconds)) {
      return digits(seconds);
    }
    return String.valueOf(OwnText.of(new GoValue.Time(time(seconds))));
  }

  /** The time, to a millisecond. */
  static Instant time(double seconds) throws CallException {
    if (Double.isNaN(seconds) || Double.isInfinite(seconds)) {
      throw new CallException("value is NaN or Inf");
    }
    double nanos = seconds * 1e9;
    if (nanos > Long.MAX_VALUE || nanos < Long.MIN_VALUE) {
      throw new CallException(
          RealText.general(seconds)
              + " cannot be represented as a nanoseconds timestamp since it overflows int64");
    }
    return Instant.ofEpochMilli((long) nanos / 1_000_000);
  }

  private static String digits(double value) {
    return RealText.format(value, 'g', DIGITS);
  }
}
