package dnd.metrics.server.promql.parse;

import dnd.metrics.server.model.Buckets;
import dnd.metrics.server.model.CounterResetHint;
import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.promql.parse.SequenceValue.HistogramValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads one native histogram in the test language's notation: {@code {{schema:1 sum:5 count:4
 * z_bucket:1 z_bucket_w:0.001 buckets:[1 2] offset:-3 n_buckets:[] n_offset:0 custom_values:[5 10]
 * counter_reset_hint:gauge}}}, every part optional.
 */
final class HistogramParser {
  private static final Pattern PART =
      Pattern.compile("([A-Za-z_]+):(\\[[^\\]]*\\]|[^\\s\\[\\]}]+)");

  private final String text;
  private final Map<String, String> parts = new HashMap<>();
  private int pos;

  HistogramParser(String text, int start) {
    this.text = text;
    this.pos = start;
  }

  /** Where the histogram ends. */
  int position() {
    return pos;
  }

  HistogramValue value() {
    readParts();
    Histogram.Builder builder = Histogram.builder();
    double[] positive = {};
    double[] negative = {};
    int positiveOffset = 0;
    int negativeOffset = 0;
    for (Map.Entry<String, String> part : parts.entrySet()) {
      String value = part.getValue();
      switch (part.getKey()) {
        case "schema" -> builder.schema(integer(value));
        case "sum" -> builder.sum(number(value));
        case "count" -> builder.count(number(value));
        case "z_bucket" -> builder.zeroCount(number(value));
        case "z_bucket_w" -> builder.zeroThreshold(number(value));
        case "custom_values" -> builder.customValues(numbers(value));
        case "buckets" -> positive = numbers(value);
        case "offset" -> positiveOffset = integer(value);
        case "n_buckets" -> negative = numbers(value);
        case "n_offset" -> negativeOffset = integer(value);
        case "counter_reset_hint" -> builder.counterResetHint(hint(value));
        default -> throw error("bad histogram descriptor found: " + GoQuoting.quote(part.getKey()));
      }
    }
    builder.positive(Buckets.contiguous(positiveOffset, positive));
    builder.negative(Buckets.contiguous(negativeOffset, negative));
    return new HistogramValue(builder.build(), parts.containsKey("counter_reset_hint"));
  }

  private void readParts() {
    pos += 2;
    while (true) {
      while (pos < text.length() && Character.isWhitespace(text.charAt(pos))) {
        pos++;
      }
      if (text.startsWith("}}", pos)) {
        pos += 2;
        return;
      }
      Matcher part = PART.matcher(text).region(pos, text.length());
      if (!part.lookingAt()) {
        throw error(
            "histogram description incomplete unexpected: " + GoQuoting.quote(text.substring(pos)));
      }
      if (parts.put(part.group(1), part.group(2)) != null) {
        throw error("duplicate key \"" + part.group(1) + "\" in histogram");
      }
      pos = part.end();
    }
  }

  private CounterResetHint hint(String name) {
    return switch (name) {
      case "unknown" -> CounterResetHint.UNKNOWN;
      case "reset" -> CounterResetHint.RESET;
      case "not_reset" -> CounterResetHint.NOT_RESET;
      case "gauge" -> CounterResetHint.GAUGE;
      default -> throw error("bad counter_reset_hint: " + GoQuoting.quote(name));
    };
  }

  private double[] numbers(String list) {
    if (!list.startsWith("[")) {
      throw error("expected numbers in brackets, got " + GoQuoting.quote(list));
    }
    List<Double> numbers = new ArrayList<>();
    for (String number : list.substring(1, list.length() - 1).strip().split("\\s+", -1)) {
      if (!number.isEmpty()) {
        numbers.add(number(number));
      }
    }
    return numbers.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private double number(String number) {
    boolean negative = number.startsWith("-");
    boolean signed = negative || number.startsWith("+");
    try {
      double value = NumberText.parse(signed ? number.substring(1) : number);
      return negative ? -value : value;
    } catch (NumberFormatException e) {
      throw error("error parsing number: " + e.getMessage());
    }
  }

  private int integer(String number) {
    try {
      return Integer.parseInt(number);
    } catch (NumberFormatException e) {
      throw error("error parsing number: " + GoQuoting.quote(number));
    }
  }

  private ParseException error(String reason) {
    return new ParseException(text, new PositionRange(pos, text.length()), reason);
  }
}
