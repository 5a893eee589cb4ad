package dnd.metrics.server.promql.parse;

import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.HistogramSum;
import dnd.metrics.server.model.StaleMarker;
import dnd.metrics.server.promql.parse.SequenceValue.FloatValue;
import dnd.metrics.server.promql.parse.SequenceValue.HistogramValue;
import dnd.metrics.server.promql.parse.SequenceValue.Omitted;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the values of a described series: numbers, {@code _}, {@code stale} and {@code
 * {{histograms}}}, each with an optional repetition ({@code 1x3} is 1 1 1 1, {@code 1+2x3} is 1 3 5
 * 7, {@code _x3} is three places without a sample).
 */
final class SequenceParser {
  private static final Pattern NUMBER =
      Pattern.compile(
          "[+-]?(?:(?:[0-9][0-9_]*\\.?[0-9_]*|\\.[0-9][0-9_]*)(?:[eE][+-]?[0-9]+)?"
              + "|(?i:inf|nan)(?![A-Za-z0-9_:]))");
  private static final Pattern REPETITION = Pattern.compile("x([0-9]+)");
  private static final Pattern WORD = Pattern.compile("[A-Za-z_:][A-Za-z0-9_:]*");

  private final String text;
  private final int maxValues;
  private final List<SequenceValue> values = new ArrayList<>();
  private int pos;

  /** The weight of what repetitions have made. */
  private long repeated;

  /**
   * @param maxValues the most that what repetitions make may weigh
   */
  SequenceParser(String text, int start, int maxValues) {
    this.text = text;
    this.pos = start;
    this.maxValues = maxValues;
  }

  List<SequenceValue> values() {
    while (true) {
      int before = pos;
      skipSpace();
      if (pos == text.length()) {
        return values;
      }
      if (pos == before) {
        throw error("unexpected " + GoQuoting.quote(text.substring(pos)) + " in series values");
      }
      item();
    }
  }

  private void skipSpace() {
    while (pos < text.length() && Character.isWhitespace(text.charAt(pos))) {
      pos++;
    }
  }

  private void item() {
    if (text.startsWith("{{", pos)) {
      histogramItem();
    } else if (text.charAt(pos) == '_') {
      pos++;
      int count = atRepetition() ? repetition(1) : 1;
      repeat(new Omitted(), count);
    } else {
      floatItem();
    }
  }

  private void floatItem() {
    double value;
    Matcher word = WORD.matcher(text).region(pos, text.length());
    if (word.lookingAt() && word.group().equals("stale")) {
      pos = word.end();
      value = StaleMarker.VALUE;
    } else {
      value = number();
    }
    if (atRepetition()) {
      repeat(new FloatValue(value), repetition(1) + 1);
    } else if (pos < text.length() && (text.charAt(pos) == '+' || text.charAt(pos) == '-')) {
      double step = number();
      int count = repetition(1);
      for (int i = 0; i <= count; i++) {
        values.add(new FloatValue(value));
        value += step;
      }
    } else {
      values.add(new FloatValue(value));
    }
  }

  private double number() {
    Matcher number = NUMBER.matcher(text).region(pos, text.length());
    if (!number.lookingAt()) {
      Matcher word = WORD.matcher(text).region(pos, text.length());
      throw error(
          word.lookingAt()
              ? "unexpected identifier "
                  + GoQuoting.quote(word.group())
                  + " in series values, expected number or \"stale\""
              : "unexpected character in series sequence: "
                  + GoQuoting.quoteCharacter(text.codePointAt(pos)));
    }
    String found = number.group();
    boolean negative = found.charAt(0) == '-';
    boolean signed = negative || found.charAt(0) == '+';
    try {
      double value = NumberText.parse(signed ? found.substring(1) : found);
      pos = number.end();
      return negative ? -value : value;
    } catch (NumberFormatException e) {
      throw error("error parsing number: " + e.getMessage());
    }
  }

  private void histogramItem() {
    HistogramParser first = new HistogramParser(text, pos);
    HistogramValue value = first.value();
    pos = first.position();
    if (atRepetition()) {
      repeat(value, repetition(value.weight()) + 1);
      return;
    }
    boolean add = text.startsWith("+{{", pos);
    if (!add && !text.startsWith("-{{", pos)) {
      values.add(value);
      return;
    }
    HistogramParser second = new HistogramParser(text, pos + 1);
    HistogramValue step = second.value();
    pos = second.position();
    int count = repetition(value.weight() + step.weight());
    // The hint that counts is the step's, as in Prometheus.
    values.add(new HistogramValue(value.histogram(), step.hintGiven()));
    Histogram current = value.histogram();
    for (int i = 0; i < count; i++) {
      if (current.schema() > step.histogram().schema()) {
        throw error(
            "error combining histograms: cannot merge from schema "
                + step.histogram().schema()
                + " to "
                + current.schema());
      }
      HistogramSum sum = HistogramSum.plain(current);
      if (!sum.accepts(step.histogram())) {
        throw error("error combining histograms: exponential and custom buckets");
      }
      if (add) {
        sum.add(step.histogram());
      } else {
        sum.subtract(step.histogram());
      }
      current = sum.result();
      values.add(new HistogramValue(current, step.hintGiven()));
    }
  }

  private boolean atRepetition() {
    return pos < text.length() && text.charAt(pos) == 'x';
  }

  /**
   * @param weight of each value
   */
  private int repetition(long weight) {
    Matcher repetition = REPETITION.matcher(text).region(pos, text.length());
    if (!repetition.lookingAt()) {
      throw error("unexpected end of a repetition in series values, expected x<count>");
    }
    String count = repetition.group(1);
    repeated += count.length() > 9 ? Long.MAX_VALUE / 2 : weight * Long.parseLong(count);
    if (repeated > maxValues) {
      throw error("invalid repetition in series values: more than " + maxValues + " values");
    }
    pos = repetition.end();
    return Integer.parseInt(count);
  }

  private void repeat(SequenceValue value, int count) {
    for (int i = 0; i < count; i++) {
      values.add(value);
    }
  }

  private ParseException error(String reason) {
    return new ParseException(text, new PositionRange(pos, text.length()), reason);
  }
}
