package dnd.metrics.server.promql.exec;

import java.util.List;
import java.util.Random;

/**
 * Writes random queries over the series of {@link RandomQuerySource}: all functions and
 * aggregations, operators with matching and fill values, {@code @}, offsets, subqueries, computed
 * durations, {@code anchored} and {@code smoothed}.
 */
final class RandomPromql {
  private static final List<String> NAMES =
      List.of("x_total", "y_total", "g", "x_total", "g", "h", "hc", "m", "h", "c_bucket");
  private static final List<String> FLOATS = List.of("x_total", "y_total", "g");
  private static final List<String> RANGE_FUNCTIONS =
      List.of(
          "rate",
          "increase",
          "delta",
          "irate",
          "idelta",
          "changes",
          "resets",
          "deriv",
          "sum_over_time",
          "avg_over_time",
          "max_over_time",
          "min_over_time",
          "count_over_time",
          "last_over_time",
          "first_over_time",
          "stddev_over_time",
          "stdvar_over_time",
          "present_over_time",
          "absent_over_time",
          "mad_over_time",
          "ts_of_max_over_time",
          "ts_of_min_over_time",
          "ts_of_last_over_time",
          "ts_of_first_over_time");
  private static final List<String> COMPARING =
      List.of("rate", "increase", "irate", "changes", "resets");
  private static final List<String> EXTENDED =
      List.of("rate", "increase", "delta", "changes", "resets");
  private static final List<String> FUNCTIONS =
      List.of(
          "abs",
          "ceil",
          "floor",
          "exp",
          "sqrt",
          "ln",
          "log2",
          "log10",
          "sgn",
          "sin",
          "cos",
          "tan",
          "asin",
          "acos",
          "atan",
          "sinh",
          "cosh",
          "tanh",
          "asinh",
          "acosh",
          "atanh",
          "deg",
          "rad",
          "histogram_count",
          "histogram_sum",
          "histogram_avg",
          "histogram_stddev",
          "histogram_stdvar",
          "timestamp",
          "sort",
          "sort_desc",
          "absent",
          "day_of_month",
          "day_of_week",
          "day_of_year",
          "days_in_month",
          "hour",
          "minute",
          "month",
          "year",
          "round",
          "abs",
          "abs",
          "histogram_count");
  private static final List<String> AGGREGATES =
      List.of("sum", "avg", "count", "min", "max", "group", "stdvar", "stddev", "sum", "sum");
  private static final List<String> ARITHMETIC =
      List.of("+", "-", "*", "/", "+", "*", "^", "%", "atan2");
  private static final List<String> COMPARISONS = List.of("==", "!=", ">", "<", ">=", "<=");
  private static final List<String> SETS = List.of("and", "or", "unless");

  /**
   * No expressions: like Prometheus the engine takes them as they are at the first step where the
   * vector is the same at every step.
   */
  private static final List<String> QUANTILES = List.of("0.3", "0.5", "0.9", "0", "1", "2", "-1");

  /** An operator behind a computed offset would be part of it. */
  private static final List<String> SIMPLE = List.of("30s", "4m", "90s", "-90s", "600");

  private static final List<String> DURATIONS =
      List.of(
          "30s",
          "1m",
          "90s",
          "4m",
          "11m",
          "4m",
          "(1m+30s)",
          "(4m-30s)",
          "(45s*2)",
          "(10m/4)",
          "300",
          "max_of(2m, 90s)",
          "min_of(3m, 100)");

  /** Durations and times that depend on the range of the query as a whole. */
  private static final List<String> OF_THE_RANGE =
      List.of("(2*step())", "(step()*3)", "max_of(step(), 1m)", "(range()/4)");

  private final Random random;
  private final boolean everything;

  /**
   * @param everything also what {@link ReferenceEvaluator} does not judge, but nothing that depends
   *     on the range of the query as a whole
   */
  RandomPromql(Random random, boolean everything) {
    this.random = random;
    this.everything = everything;
  }

  private String any(List<String> of) {
    return of.get(random.nextInt(of.size()));
  }

  private boolean oneIn(int n) {
    return random.nextInt(n) == 0;
  }

  String vector(int depth) {
    if (depth == 0) {
      return selector();
    }
    return switch (random.nextInt(22)) {
      case 0 -> selector();
      case 1, 2, 3, 4 -> overRange(depth);
      case 5 -> extended();
      case 6 -> parametered(depth);
      case 7, 8 -> any(AGGREGATES) + grouping() + "(" + vector(depth - 1) + ")";
      case 9 -> chosen(depth);
      case 10 -> "(" + vector(depth - 1) + " " + operator() + " " + number() + ")";
      case 11 -> "(" + number() + " " + operator() + " " + vector(depth - 1) + ")";
      case 12, 13 -> "(" + vector(depth - 1) + " " + matched() + " " + vector(depth - 1) + ")";
      case 14 -> set(depth);
      case 15 -> "-" + vector(depth - 1);
      case 16 -> histogram(depth);
      case 17 -> labels(depth);
      case 18 -> clamp(depth);
      case 19 -> everything ? unjudged(depth) : "vector(" + number() + ")";
      default -> any(FUNCTIONS) + "(" + vector(depth - 1) + ")";
    };
  }

  /** Rounding would decide whether computed values fall or change: samples only for those. */
  private String overRange(int depth) {
    String function = any(RANGE_FUNCTIONS);
    return function + "(" + range(COMPARING.contains(function) ? 1 : depth) + ")";
  }

  private String extended() {
    boolean smoothed = oneIn(2);
    String modes = smoothed ? " smoothed" : " anchored";
    String function = smoothed ? any(EXTENDED.subList(0, 3)) : any(EXTENDED);
    return function
        + "("
        + any(FLOATS)
        + labels()
        + "["
        + duration()
        + "]"
        + modes
        + modifiers()
        + ")";
  }

  private String parametered(int depth) {
    return switch (random.nextInt(3)) {
      case 0 -> "quantile_over_time(" + number() + ", " + range(depth) + ")";
      case 1 -> "predict_linear(" + range(depth) + ", " + number() + ")";
      // Less than whole numbers, which rounding would decide about.
      default -> "(double_exponential_smoothing(" + range(depth) + ", 0.3, 0.6) + 0.25)";
    };
  }

  /** Aggregations that choose among their input: of them only what does not depend on ties. */
  private String chosen(int depth) {
    String inner = vector(depth - 1);
    return switch (random.nextInt(6)) {
      case 0 -> "sum by (a) (topk by (a) (" + few() + ", abs(" + inner + ")))";
      case 1 -> "sum by (b) (bottomk by (b) (" + few() + ", abs(" + inner + ")))";
      case 2 -> "count by (a) (limitk by (a) (" + few() + ", " + inner + "))";
      case 3 -> "limit_ratio(" + (oneIn(2) ? "1" : "-1") + ", " + inner + ")";
      case 4 -> "count_values" + grouping() + "(\"v\", floor(" + inner + " + 0.3))";
      default -> "quantile" + grouping() + "(" + any(QUANTILES) + ", " + inner + ")";
    };
  }

  private String few() {
    return Integer.toString(random.nextInt(4));
  }

  /**
   * Both sides of {@code or} have lost their names: whether a series whose sides differ in that
   * keeps its name depends, in range queries, on which side comes first in time.
   */
  private String set(int depth) {
    String op = any(SETS);
    String left = vector(depth - 1);
    String right = vector(depth - 1);
    return op.equals("or")
        ? "(abs(" + left + ") or" + on() + " abs(" + right + "))"
        : "(" + left + " " + op + on() + " " + right + ")";
  }

  private String histogram(int depth) {
    String vector =
        oneIn(2) ? "rate(" + any(List.of("h", "hc", "m", "c_bucket")) + "[4m])" : vector(depth - 1);
    return switch (random.nextInt(3)) {
      case 0 ->
          "histogram_quantile("
              + any(List.of("0.3", "0.5", "0.9", "0", "0.95", "2"))
              + ", "
              + vector
              + ")";
      case 1 -> "histogram_quantiles(" + vector + ", \"q\", 0.2, 0.9)";
      default -> "histogram_fraction(" + few() + ", " + number() + ", " + vector + ")";
    };
  }

  private String labels(int depth) {
    return switch (random.nextInt(5)) {
      case 0 -> "label_replace(" + vector(depth - 1) + ", \"c\", \"$1-x\", \"a\", \"([01])\")";
      case 1 -> "label_replace(" + vector(depth - 1) + ", \"a\", \"\", \"b\", \".*\")";
      case 2 -> "label_join(" + vector(depth - 1) + ", \"c\", \"-\", \"a\", \"b\")";
      case 3 -> "sort_by_label(" + vector(depth - 1) + ", \"a\")";
      default -> oneIn(2) ? "info(w)" : "info(rate(w[4m]))";
    };
  }

  private String clamp(int depth) {
    return switch (random.nextInt(4)) {
      case 0 -> "clamp(" + vector(depth - 1) + ", " + number() + ", " + number() + ")";
      case 1 -> "clamp_min(" + vector(depth - 1) + ", " + number() + ")";
      case 2 -> "clamp_max(" + vector(depth - 1) + ", " + number() + ")";
      default -> "round(" + vector(depth - 1) + ", 5)";
    };
  }

  private String unjudged(int depth) {
    return switch (random.nextInt(7)) {
      case 0 -> any(NAMES) + labels() + " smoothed" + modifiers();
      case 1 -> "(" + vector(depth - 1) + (oneIn(2) ? " >/ " : " </ ") + number() + ")";
      case 2 -> "limit_ratio(0.5, " + vector(depth - 1) + ")";
      case 3 -> "start_timestamp(" + selector() + ")";
      case 4 -> any(EXTENDED.subList(0, 3)) + "(" + any(NAMES) + "[" + duration() + "] smoothed)";
      case 5 -> any(EXTENDED) + "(" + any(NAMES) + "[" + duration() + "] anchored)";
      default -> "limitk(2, " + vector(depth - 1) + ")";
    };
  }

  private String operator() {
    return random.nextInt(5) > 1
        ? any(ARITHMETIC)
        : any(COMPARISONS) + (random.nextBoolean() ? " bool" : "");
  }

  private String matched() {
    String groups =
        switch (random.nextInt(7)) {
          case 0 -> " on (a) group_left ()";
          case 1 -> " on (a) group_right (b)";
          case 2 -> " on (a, b)";
          case 3 -> " ignoring (b) group_left ()";
          case 4 -> " ignoring (le)";
          default -> "";
        };
    String fills =
        switch (random.nextInt(10)) {
          case 0 -> " fill (0)";
          case 1 -> " fill_left (2)";
          case 2 -> " fill_right (-1) fill_left (3)";
          default -> "";
        };
    return operator() + groups + fills;
  }

  private String on() {
    return random.nextBoolean() ? "" : " on (a)";
  }

  private String grouping() {
    return switch (random.nextInt(5)) {
      case 0 -> "";
      case 1 -> " by (a)";
      case 2 -> " by (a, b)";
      case 3 -> " without (b, le)";
      default -> " without (a)";
    };
  }

  private String number() {
    return switch (random.nextInt(12)) {
      case 0 -> "time()";
      case 1 -> "scalar(" + any(FLOATS) + ")";
      case 2 -> "pi()";
      case 3 -> "0.3";
      case 4 -> "max_of(2, 3)";
      case 5 -> everything ? "7" : "step()";
      default -> Integer.toString(random.nextInt(40) - 10);
    };
  }

  private String selector() {
    return any(NAMES) + labels() + modifiers();
  }

  private String labels() {
    return switch (random.nextInt(6)) {
      case 0 -> "{a=\"1\"}";
      case 1 -> "{b!=\"2\"}";
      case 2 -> "{a=~\"0|1\"}";
      default -> "";
    };
  }

  private String modifiers() {
    return switch (random.nextInt(9)) {
      case 0 -> " offset " + any(SIMPLE);
      case 1 -> " @ " + random.nextInt(1200);
      case 2 -> " offset -1m";
      case 3 -> everything ? "" : (oneIn(2) ? " @ start()" : " @ end() offset 1m");
      default -> "";
    };
  }

  private String duration() {
    return !everything && oneIn(8) ? any(OF_THE_RANGE) : any(DURATIONS);
  }

  private String range(int depth) {
    if (oneIn(4)) {
      String step = random.nextBoolean() ? "" : "37s";
      return "(" + vector(depth - 1) + ")[" + duration() + ":" + step + "]" + modifiers();
    }
    return any(NAMES) + labels() + "[" + duration() + "]" + modifiers();
  }
}
