package dnd.metrics.server.promql.exec;

import java.util.Random;

/** Writes random queries over the series of {@link EngineAgainstReferenceTest}. */
final class RandomPromql {
  private static final String[] NAMES = {"x_total", "y_total", "g"};
  private static final String[] RANGE_FUNCTIONS = {
    "rate",
    "increase",
    "delta",
    "irate",
    "changes",
    "resets",
    "deriv",
    "sum_over_time",
    "avg_over_time",
    "max_over_time",
    "min_over_time",
    "count_over_time",
    "last_over_time",
    "stddev_over_time"
  };
  private static final String[] AGGREGATES = {
    "sum", "avg", "count", "min", "max", "group", "stdvar"
  };
  private static final String[] ARITHMETIC = {"+", "-", "*", "/"};
  private static final String[] COMPARISONS = {"==", "!=", ">", "<", ">=", "<="};
  private static final String[] SETS = {"and", "or", "unless"};
  private static final String[] DURATIONS = {"30s", "1m", "90s", "4m", "11m"};
  private final Random random;

  RandomPromql(Random random) {
    this.random = random;
  }

  private String any(String[] of) {
    return of[random.nextInt(of.length)];
  }

  String vector(int depth) {
    if (depth == 0) {
      return selector();
    }
    return switch (random.nextInt(12)) {
      case 0 -> selector();
      case 1, 2, 3 -> any(RANGE_FUNCTIONS) + "(" + range(depth) + ")";
      case 4 -> "quantile_over_time(0.3, " + range(depth) + ")";
      case 5 -> any(AGGREGATES) + grouping() + "(" + vector(depth - 1) + ")";
      case 6 -> "quantile" + grouping() + "(0.7, " + vector(depth - 1) + ")";
      case 7 -> "(" + vector(depth - 1) + " " + operator() + " " + number() + ")";
      case 8 -> "(" + vector(depth - 1) + " " + matched() + " " + vector(depth - 1) + ")";
      case 9 -> set(depth);
      case 10 -> "-" + vector(depth - 1);
      default -> "abs(" + vector(depth - 1) + ")";
    };
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

  private String operator() {
    return random.nextBoolean()
        ? any(ARITHMETIC)
        : any(COMPARISONS) + (random.nextBoolean() ? " bool" : "");
  }

  private String matched() {
    String groups =
        switch (random.nextInt(4)) {
          case 0 -> " on (a) group_left ()";
          case 1 -> " on (a) group_right ()";
          case 2 -> " on (a, b)";
          default -> "";
        };
    return operator() + groups;
  }

  private String on() {
    return random.nextBoolean() ? "" : " on (a)";
  }

  private String grouping() {
    return switch (random.nextInt(4)) {
      case 0 -> "";
      case 1 -> " by (a)";
      case 2 -> " by (a, b)";
      default -> " without (a)";
    };
  }

  private String number() {
    return random.nextInt(4) == 0 ? "time()" : Integer.toString(random.nextInt(40) - 10);
  }

  private String selector() {
    return any(NAMES) + labels() + modifiers();
  }

  private String labels() {
    return switch (random.nextInt(4)) {
      case 0 -> "{a=\"1\"}";
      case 1 -> "{b!=\"2\"}";
      default -> "";
    };
  }

  private String modifiers() {
    return switch (random.nextInt(6)) {
      case 0 -> " offset " + any(DURATIONS);
      case 1 -> " @ " + random.nextInt(3000);
      case 2 -> " offset -1m";
      default -> "";
    };
  }

  private String range(int depth) {
    if (random.nextInt(4) == 0) {
      String step = random.nextBoolean() ? "" : "37s";
      return "(" + vector(depth - 1) + ")[" + any(DURATIONS) + ":" + step + "]" + modifiers();
    }
    return any(NAMES) + labels() + "[" + any(DURATIONS) + "]" + modifiers();
  }
}
