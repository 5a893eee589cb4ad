package dnd.metrics.server.promql.exec;

import java.util.HashMap;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/** The functions from one float to another: mathematics, and the parts of a date. */
final class FloatFunctions {
  private static final Map<String, DoubleUnaryOperator> MATHEMATICS =
      Map.ofEntries(
          Map.entry("abs", Math::abs),
          Map.entry("ceil", Math::ceil),
          Map.entry("floor", Math::floor),
          Map.entry("exp", Math::exp),
          Map.entry("sqrt", Math::sqrt),
          Map.entry("ln", Math::log),
          Map.entry("log2", FloatFunctions::log2),
          Map.entry("log10", Math::log10),
          Map.entry("sin", Math::sin),
          Map.entry("cos", Math::cos),
          Map.entry("tan", Math::tan),
          Map.entry("asin", Math::asin),
          Map.entry("acos", Math::acos),
          Map.entry("atan", Math::atan),
          Map.entry("sinh", Math::sinh),
          Map.entry("cosh", Math::cosh),
          Map.entry("tanh", Math::tanh),
          Map.entry("asinh", FloatFunctions::asinh),
          Map.entry("acosh", FloatFunctions::acosh),
          Map.entry("atanh", FloatFunctions::atanh),
          Map.entry("rad", v -> v * Math.PI / 180),
          Map.entry("deg", v -> v * 180 / Math.PI),
          Map.entry("sgn", v -> v < 0 ? -1 : v > 0 ? 1 : v));

  private static final Map<String, DoubleUnaryOperator> DATES = dates();

  private FloatFunctions() {}

  /** The function called {@code name}, or null where it is none of these. */
  static @Nullable DoubleUnaryOperator find(String name) {
    DoubleUnaryOperator found = MATHEMATICS.get(name);
    return found == null ? DATES.get(name) : found;
  }

  /** Whether it takes Unix seconds, those of the step where there is no argument. */
  static boolean isDate(String name) {
    return DATES.containsKey(name);
  }

  private static Map<String, DoubleUnaryOperator> dates() {
    Map<String, DoubleUnaryOperator> all = new HashMap<>();
    all.put("minute", v -> new UnixDate(v).minute());
    all.put("hour", v -> new UnixDate(v).hour());
    all.put("day_of_week", v -> new UnixDate(v).dayOfWeek());
    all.put("day_of_month", v -> new UnixDate(v).dayOfMonth());
    all.put("day_of_year", v -> new UnixDate(v).dayOfYear());
    all.put("days_in_month", v -> new UnixDate(v).daysInMonth());
    all.put("month", v -> new UnixDate(v).month());
    all.put("year", v -> new UnixDate(v).year());
    return Map.copyOf(all);
  }

  /** Exact for powers of two. */
  private static double log2(double v) {
    if (v > 0 && !Double.isInfinite(v)) {
      int exponent = Math.getExponent(v);
      if (exponent >= Double.MIN_EXPONENT && v == Math.scalb(1.0, exponent)) {
        return exponent;
      }
    }
    return Math.log(v) / Math.log(2);
  }

  private static double asinh(double v) {
    if (v == 0 || Double.isInfinite(v)) {
      return v;
    }
    double a = Math.abs(v);
    double result =
        a > 0x1p28 ? Math.log(a) + Math.log(2) : Math.log1p(a + a * a / (1 + Math.sqrt(a * a + 1)));
    return Math.copySign(result, v);
  }

  private static double acosh(double v) {
    if (v > 0x1p28) {
      return Math.log(v) + Math.log(2);
    }
    double t = v - 1;
    return Math.log1p(t + Math.sqrt(2 * t + t * t));
  }

  private static double atanh(double v) {
    return v == 0 ? v : Math.log1p(2 * v / (1 - v)) / 2;
  }
}
