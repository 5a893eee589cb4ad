package dnd.metrics.server.promql.parse;

import java.util.List;
import java.util.Random;

/** Makes up valid queries out of every construct of the language, well typed by construction. */
final class RandomQuery {
  private static final int MAX_DEPTH = 5;

  private final Random random;

  RandomQuery(Random random) {
    this.random = random;
  }

  String query() {
    return random.nextBoolean() ? vector(0) : scalar(0);
  }

  private String vector(int depth) {
    if (depth >= MAX_DEPTH) {
      return selector() + modifiers();
    }
    return switch (random.nextInt(10)) {
      case 0 -> pick("abs", "ceil", "sort", "histogram_avg") + "(" + vector(depth + 1) + ")";
      case 1 -> pick("rate", "sum_over_time", "deriv") + "(" + matrix(depth + 1) + ")";
      case 2 -> aggregation(depth);
      case 3 -> vector(depth + 1) + " " + arithmetic() + matching() + vector(depth + 1);
      case 4 -> vector(depth + 1) + " " + pick("and", "or", "unless") + on() + vector(depth + 1);
      case 5 ->
          "(" + vector(depth + 1) + comparison() + pick("", " bool ") + scalar(depth + 1) + ")";
      case 6 -> "(" + vector(depth + 1) + ")";
      case 7 -> pick("-", "+", "- ") + vector(depth + 1);
      case 8 -> "info(" + vector(depth + 1) + ", {" + matcher() + "})";
      default -> selector() + modifiers();
    };
  }

  private String scalar(int depth) {
    if (depth >= MAX_DEPTH) {
      return number();
    }
    return switch (random.nextInt(7)) {
      case 0 -> "scalar(" + vector(depth + 1) + ")";
      case 1 -> scalar(depth + 1) + arithmetic() + scalar(depth + 1);
      case 2 -> scalar(depth + 1) + " " + comparison() + " bool " + scalar(depth + 1);
      case 3 -> "(" + scalar(depth + 1) + ")";
      case 4 -> pick("-", "+", "- ") + scalar(depth + 1);
      case 5 -> pick("time()", "pi()", "step()", "range()", "start()", "max_of(1, 2)");
      default -> number();
    };
  }

  private String matrix(int depth) {
    if (depth < MAX_DEPTH && random.nextInt(3) == 0) {
      String inner = "(" + vector(depth + 1) + ")";
      return inner
          + "["
          + pick("1h", "5m * 2", "90")
          + ":"
          + pick("", positive())
          + "]"
          + modifiers();
    }
    return selector()
        + "["
        + positive()
        + "]"
        + pick("", "", " anchored", " smoothed")
        + modifiers();
  }

  private String aggregation(int depth) {
    String labels = pick("", " by (a)", " without(b, \"c.d\")", " by ()", " without ()");
    String op = pick("sum", "max", "quantile", "topk", "count_values", "limitk");
    String param =
        switch (op) {
          case "sum", "max" -> "";
          case "count_values" -> "\"v\\n\", ";
          default -> scalar(depth + 1) + ", ";
        };
    String args = "(" + param + vector(depth + 1) + ")";
    return random.nextBoolean() ? op + labels + args : op + args + labels;
  }

  private String selector() {
    return switch (random.nextInt(4)) {
      case 0 -> pick("foo", "a:b", "sum", "offset", "start", "by", "fill", "step");
      case 1 -> pick("foo", "bar") + "{" + matcher() + "," + matcher() + "}";
      case 2 -> "{\"foo.bar\", " + matcher() + "}";
      default -> "{job=~\"j.+\"," + matcher() + "}";
    };
  }

  private String matcher() {
    return pick("a", "sum", "\"x y\"", "on")
        + pick("=\"b\\\"\"", "!='x'", "=~`a.+`", "=~\"ü+\"", "=\"\\x41\"");
  }

  private String modifiers() {
    if (random.nextInt(8) == 0) {
      // An operator straight behind the parentheses would belong to the offset.
      return " offset (step() * 2) @ 7";
    }
    String at = pick("", "", " @ 12.5", " @ -3", " @ start()", " @ end()");
    String offset =
        pick(
            "",
            "",
            " offset 5m",
            " offset -1h30m",
            " offset 3.5",
            " offset -max_of(5m, range())",
            " offset -(3m)");
    return random.nextBoolean() ? at + offset : offset + at;
  }

  private String positive() {
    return pick(
        "5m",
        "1h30m",
        "90",
        "0.5",
        "1w",
        "step()",
        "5m * 2",
        "(range() - 3)",
        "2 ^ 3 ^ 2",
        "min_of(step() + 1s, 5m)",
        "-(-3)",
        "100 % 7 / 2",
        "1y2w3d4h5m6s7ms");
  }

  private String number() {
    return pick(
        "1", "0x1f", "1e3", "1.5e-7", ".5", "Inf", "5m", "1_000", "1h30m", "017", "123456789012");
  }

  private String arithmetic() {
    return pick(" + ", " - ", " * ", " / ", " % ", " ^ ", " atan2 ");
  }

  private String comparison() {
    return pick("==", "!=", "<", ">", "<=", ">=");
  }

  private String on() {
    return pick(" ", " on (a) ", " ignoring(b, c) ", " on() ");
  }

  private String matching() {
    return pick(
            "",
            "",
            "on(a) ",
            "ignoring (b) ",
            "on(a) group_left () ",
            "on(a) group_right(c, \"d.e\") ")
        + pick("", "", "fill(1) ", "fill_left(-2.5) ", "fill_right (1e300) fill_left(0) ");
  }

  private String pick(String... options) {
    return List.of(options).get(random.nextInt(options.length));
  }
}
