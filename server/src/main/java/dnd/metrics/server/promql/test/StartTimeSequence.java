package dnd.metrics.server.promql.test;

import dnd.metrics.server.promql.parse.DurationText;
import dnd.metrics.server.promql.parse.SequenceValue;
import dnd.metrics.server.promql.parse.SequenceValue.FloatValue;
import dnd.metrics.server.promql.parse.SequenceValue.Omitted;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The values of an {@code @st} line: durations relative to the samples, {@code _} for unknown, with
 * repetitions as in {@code -1m-1mx3}. They become milliseconds.
 */
final class StartTimeSequence {
  private static final String DURATION = "([+-]?)([0-9]+[a-wyzA-WYZ]*)";
  private static final Pattern UNKNOWN = Pattern.compile("_(?:x([0-9]+))?");
  private static final Pattern ITEM =
      Pattern.compile(DURATION + "(?:([+-])" + DURATION + ")?(?:x([0-9]+))?");

  private StartTimeSequence() {}

  /**
   * Reads the line's values.
   *
   * @throws IllegalArgumentException where one is wrong
   */
  static List<SequenceValue> parse(String text) {
    List<SequenceValue> values = new ArrayList<>();
    for (String item : text.strip().split("\\s+", -1)) {
      Matcher unknown = UNKNOWN.matcher(item);
      if (unknown.matches()) {
        int count = unknown.group(1) == null ? 1 : Integer.parseInt(unknown.group(1));
        for (int i = 0; i < count; i++) {
          values.add(new Omitted());
        }
      } else {
        readDurations(item, values);
      }
    }
    return values;
  }

  private static void readDurations(String item, List<SequenceValue> into) {
    Matcher m = ITEM.matcher(item);
    if (!m.matches() || (m.group(3) != null && m.group(6) == null)) {
      throw new IllegalArgumentException("invalid item \"" + item + "\"");
    }
    long value = millis(m.group(1), m.group(2));
    long step = m.group(3) == null ? 0 : millis(m.group(4), m.group(5));
    if ("-".equals(m.group(3))) {
      step = -step;
    }
    int count = m.group(6) == null ? 0 : Integer.parseInt(m.group(6));
    for (int i = 0; i <= count; i++) {
      into.add(new FloatValue(value));
      value += step;
    }
  }

  private static long millis(String sign, String duration) {
    long millis = DurationText.parseMillis(duration);
    return sign.equals("-") ? -millis : millis;
  }
}
