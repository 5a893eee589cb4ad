package dnd.metrics.server.terminal;

import dnd.metrics.events.Timestamps;
import dnd.metrics.server.model.Labels;
import java.util.Set;
import java.util.TreeSet;

/**
 * An answer as CSV (RFC 4180, but with line feeds alone): one row for each sample, its labels in
 * columns, then its time (RFC 3339) and its value.
 */
public final class AnswerCsv {
  private AnswerCsv() {}

  public static String print(Answer answer) {
    Set<String> names = new TreeSet<>(Labels::compareCodePoints);
    answer.series().forEach(s -> s.labels().forEach((name, value) -> names.add(name)));
    StringBuilder out = new StringBuilder();
    names.forEach(name -> cell(out, name).append(','));
    out.append("time,value\n");
    for (AnswerSeries series : answer.series()) {
      StringBuilder labels = new StringBuilder();
      names.forEach(name -> cell(labels, series.labels().get(name)).append(','));
      for (AnswerSample sample : series.samples()) {
        out.append(labels).append(Timestamps.format(sample.timeMillis())).append(',');
        cell(out, sample.text()).append('\n');
      }
    }
    return out.toString();
  }

  private static StringBuilder cell(StringBuilder out, String text) {
    boolean plain =
        text.indexOf(',') < 0
            && text.indexOf('"') < 0
            && text.indexOf('\n') < 0
            && text.indexOf('\r') < 0;
    return plain
        ? out.append(text)
        : out.append('"').append(text.replace("\"", "\"\"")).append('"');
  }
}
