package dnd.metrics.server.terminal;

import dnd.metrics.server.model.Labels;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * An answer as a table: of an instant query a row for each series, its labels in columns where they
 * fit; of a range query a row for each time and a column for each series where they fit, else a
 * table for each series. Times are UTC.
 */
public final class AnswerTable {
  private static final int MAX_LABEL_COLUMNS = 8;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter TIME_MILLIS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final int width;
  private final Style style;

  /**
   * @param width how many characters a line may have
   */
  public AnswerTable(int width, Style style) {
    this.width = width;
    this.style = style;
  }

  public String print(Answer answer) {
    StringBuilder out = new StringBuilder();
    if (answer.isBare()) {
      answer.series().forEach(s -> s.samples().forEach(v -> out.append(v.text()).append('\n')));
    } else if (answer.isRange()) {
      printRange(answer.series(), out);
    } else {
      printInstant(answer.series(), out);
    }
    return out.toString();
  }

  private void printInstant(List<AnswerSeries> series, StringBuilder out) {
    Set<String> names = new TreeSet<>(Labels::compareCodePoints);
    series.forEach(s -> s.labels().forEach((name, value) -> names.add(name)));
    TextTable table = labelColumns(series, names);
    if (names.size() > MAX_LABEL_COLUMNS || names.isEmpty() || table.width() > width) {
      table = new TextTable(List.of("series", "value"), 1);
      for (AnswerSeries s : series) {
        table.add(List.of(AnswerSeries.text(s.labels()), s.samples().getFirst().text()));
      }
    }
    table.print(out, style);
  }

  private static TextTable labelColumns(List<AnswerSeries> series, Set<String> names) {
    List<String> headers = new ArrayList<>();
    names.forEach(name -> headers.add(name.equals(Labels.METRIC_NAME) ? "metric" : name));
    headers.add("value");
    TextTable table = new TextTable(headers, headers.size() - 1);
    for (AnswerSeries s : series) {
      List<String> row = new ArrayList<>();
      names.forEach(name -> row.add(s.labels().get(name)));
      row.add(s.samples().getFirst().text());
      table.add(row);
    }
    return table;
  }

  private void printRange(List<AnswerSeries> series, StringBuilder out) {
    if (series.size() > 1) {
      Labels shared = shared(series);
      TextTable table = timeRows(series, shared);
      if (table.width() <= width) {
        if (!shared.isEmpty()) {
          out.append(style.bold(AnswerSeries.text(shared))).append('\n');
        }
        table.print(out, style);
        return;
      }
    }
    boolean first = true;
    for (AnswerSeries s : series) {
      out.append(first ? "" : "\n").append(style.bold(AnswerSeries.text(s.labels()))).append('\n');
      TextTable table = new TextTable(List.of("time (UTC)", "value"), 1);
      s.samples().forEach(v -> table.add(List.of(time(v.timeMillis()), v.text())));
      table.print(out, Style.PLAIN);
      first = false;
    }
  }

  private static TextTable timeRows(List<AnswerSeries> series, Labels shared) {
    List<String> headers = new ArrayList<>();
    headers.add("time (UTC)");
    List<String> sharedNames = new ArrayList<>(shared.toMap().keySet());
    TreeMap<Long, String[]> rows = new TreeMap<>();
    for (int i = 0; i < series.size(); i++) {
      headers.add(AnswerSeries.text(series.get(i).labels().without(sharedNames)));
      for (AnswerSample sample : series.get(i).samples()) {
        rows.computeIfAbsent(
                    sample.timeMillis(),
                    t -> {
                      String[] cells = new String[series.size()];
                      java.util.Arrays.fill(cells, "");
                      return cells;
                    })[i] =
            sample.text();
      }
    }
    TextTable table = new TextTable(headers, 1);
    rows.forEach((time, cells) -> {
      List<String> row = new ArrayList<>();
      row.add(time(time));
      row.addAll(List.of(cells));
      table.add(row);
    });
    return table;
  }

  /** The labels that all series have with the same values. */
  private static Labels shared(List<AnswerSeries> series) {
    Labels.Builder shared = series.getFirst().labels().toBuilder();
    Labels first = series.getFirst().labels();
    for (AnswerSeries s : series) {
      first.forEach((name, value) -> {
        if (!s.labels().get(name).equals(value)) {
          shared.remove(name);
        }
      });
    }
    return shared.build();
  }

  static String time(long millis) {
    DateTimeFormatter format = millis % 1000 == 0 ? TIME : TIME_MILLIS;
    return format.format(Instant.ofEpochMilli(millis));
  }
}
