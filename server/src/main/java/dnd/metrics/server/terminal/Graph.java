package dnd.metrics.server.terminal;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The series of a range query as lines in the terminal, with axes and a legend. Each series has a
 * letter, which stands in its line here and there, and, where the terminal has them, a colour. Gaps
 * of more than one step are not bridged. Times are UTC.
 */
public final class Graph {
  /** More lines than these nobody can tell apart. */
  public static final int MAX_SERIES = 12;

  private static final int MIN_COLUMNS = 20;
  private static final int MIN_ROWS = 4;

  private final int width;
  private final int rows;
  private final Style style;

  /**
   * @param width how many characters a line may have
   * @param rows how many lines the drawing itself has
   */
  public Graph(int width, int rows, Style style) {
    this.width = width;
    this.rows = Math.max(MIN_ROWS, rows);
    this.style = style;
  }

  /** The drawing, or the empty string where no series holds a finite number. */
  public String print(Answer answer, long startMillis, long endMillis, long stepMillis) {
    List<AnswerSeries> drawn =
        answer.series().subList(0, Math.min(MAX_SERIES, answer.series().size()));
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    for (AnswerSeries series : drawn) {
      for (AnswerSample sample : series.samples()) {
        if (Double.isFinite(sample.value())) {
          min = Math.min(min, sample.value());
          max = Math.max(max, sample.value());
        }
      }
    }
    if (min > max) {
      return "";
    }
    ValueAxis values = ValueAxis.of(min, max, rows / 3);
    int margin = 0;
    for (double tick : values.ticks()) {
      margin = Math.max(margin, values.label(tick).length());
    }
    int columns = Math.max(MIN_COLUMNS, width - margin - 3);
    TimeAxis times = new TimeAxis(startMillis, endMillis, columns);
    BrailleCanvas canvas = new BrailleCanvas(columns, rows);
    Plot plot = new Plot(canvas, times, values, stepMillis, drawn.size());
    for (int i = 0; i < drawn.size(); i++) {
      plot.draw(drawn.get(i), i);
    }
    StringBuilder out = new StringBuilder();
    printRows(out, canvas, values, margin);
    printTimes(out, times, columns, margin);
    printLegend(out, drawn, answer.series().size() - drawn.size());
    return out.toString();
  }

  private void printRows(StringBuilder out, BrailleCanvas canvas, ValueAxis values, int margin) {
    String[] labels = new String[rows];
    for (double tick : values.ticks()) {
      labels[rows - 1 - Plot.dotY(canvas, values, tick) / 4] = values.label(tick);
    }
    for (int row = 0; row < rows; row++) {
      String label = labels[row];
      StringBuilder line = new StringBuilder();
      line.append(" ".repeat(margin - (label == null ? 0 : label.length())));
      line.append(label == null ? "" : label).append(label == null ? " │" : " ┤");
      canvas.print(row, line, style);
      out.append(line.toString().stripTrailing()).append('\n');
    }
  }

  private static void printTimes(StringBuilder out, TimeAxis times, int columns, int margin) {
    StringBuilder line = new StringBuilder("─".repeat(columns));
    StringBuilder labels = new StringBuilder(" ".repeat(columns + 12));
    int free = 0;
    for (long tick : times.ticks()) {
      int column = (int) Math.round(times.place(tick) * (columns - 1));
      line.setCharAt(column, '┬');
      String label = times.label(tick);
      int at = Math.max(0, Math.min(columns - label.length(), column - label.length() / 2));
      if (at >= free) {
        labels.replace(at, at + label.length(), label);
        free = at + label.length() + 2;
      }
    }
    out.append(" ".repeat(margin + 1)).append('└').append(line).append('\n');
    out.append(" ".repeat(margin + 2));
    out.append(labels.toString().stripTrailing()).append('\n');
  }

  private void printLegend(StringBuilder out, List<AnswerSeries> drawn, int left) {
    List<String> names = new ArrayList<>();
    int longest = 0;
    for (AnswerSeries series : drawn) {
      String name = shorten(AnswerSeries.text(series.labels()), Math.max(20, width - 46));
      names.add(name);
      longest = Math.max(longest, name.length());
    }
    for (int i = 0; i < drawn.size(); i++) {
      double min = Double.POSITIVE_INFINITY;
      double max = Double.NEGATIVE_INFINITY;
      double last = Double.NaN;
      for (AnswerSample sample : drawn.get(i).samples()) {
        last = sample.value();
        min = Math.min(min, Double.isNaN(last) ? min : last);
        max = Math.max(max, Double.isNaN(last) ? max : last);
      }
      String name = names.get(i);
      out.append("  ").append(style.series(i, String.valueOf(Plot.letter(i)))).append("  ");
      out.append(name).append(" ".repeat(longest - name.length()));
      if (max >= min) {
        out.append("  last ").append(pad(number(last)));
        out.append("  min ").append(pad(number(min)));
        out.append("  max ").append(number(max));
      }
      out.append('\n');
    }
    if (left > 0) {
      out.append("  and ").append(left).append(" more series, not drawn: narrow the query,");
      out.append(" or ask for topk(").append(MAX_SERIES).append(", ...)\n");
    }
  }

  private static String pad(String number) {
    return number + " ".repeat(Math.max(0, 8 - number.length()));
  }

  private static String shorten(String text, int longest) {
    return text.length() <= longest ? text : text.substring(0, longest - 1) + "…";
  }

  /** Four significant digits do for a legend. */
  private static String number(double value) {
    if (value == Math.rint(value) && Math.abs(value) < 1e9) {
      return String.valueOf((long) value);
    }
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return Double.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
    }
    double size = Math.abs(value);
    if (size >= 1e9 || size < 1e-3) {
      return String.format(Locale.ROOT, "%.3e", value);
    }
    int decimals = Math.max(0, 3 - (int) Math.floor(Math.log10(size)));
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }
}
