package dnd.metrics.bench;

import java.util.List;
import java.util.Locale;

/**
 * Draws the intervals of {@code bench soak} or {@code bench day} as an SVG: one small chart under
 * another, over time.
 */
final class SoakPlot {
  private static final int WIDTH = 900;
  private static final int CHART = 130;
  private static final int LEFT = 70;
  private static final int BOTTOM = 26;
  private static final String[] COLORS = {"#1f77b4", "#d62728"};

  /** The figures of a chart, by their place in {@link SoakInterval#FIGURES}. */
  private record Chart(String title, List<Integer> figures) {}

  private static final List<Chart> CHARTS =
      List.of(
          new Chart("samples/s acknowledged", List.of(0)),
          new Chart("cores of the server", List.of(1)),
          new Chart("memory, MB: resident, anonymous", List.of(2, 3)),
          new Chart("heap, MB: what the collector holds, in use", List.of(4, 5)),
          new Chart("series in the head", List.of(6)),
          new Chart("disk, MB: data folder, files of finished chunks", List.of(9, 7)),
          new Chart("blocks", List.of(8)),
          new Chart("push to reply, ms: median, p99", List.of(10, 11)),
          new Chart("query of one host over an hour, ms: median, p99", List.of(12, 13)),
          new Chart("sum over all hosts, ms: median, p99", List.of(14, 15)),
          new Chart("sample to alert, ms: median, longest", List.of(16, 17)));

  private SoakPlot() {}

  static String svg(String title, List<SoakInterval> intervals) {
    List<Chart> charts = CHARTS.stream().filter(chart -> isKnown(chart, intervals)).toList();
    int height = 40 + charts.size() * CHART + 10;
    StringBuilder svg =
        new StringBuilder(
            ("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\""
                    + " font-family=\"sans-serif\" font-size=\"12\">\n"
                    + "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n"
                    + "<text x=\"10\" y=\"22\" font-size=\"15\">%s</text>\n")
                .formatted(WIDTH, height, title));
    double last = intervals.isEmpty() ? 1 : intervals.getLast().minute();
    for (int i = 0; i < charts.size(); i++) {
      chart(svg, charts.get(i), intervals, last, 40 + i * CHART);
    }
    return svg.append("</svg>\n").toString();
  }

  /** Whether any figure of a chart is known in any interval. */
  private static boolean isKnown(Chart chart, List<SoakInterval> intervals) {
    return chart.figures().stream()
        .anyMatch(
            figure -> intervals.stream().anyMatch(each -> !Double.isNaN(value(each, figure))));
  }

  private static void chart(
      StringBuilder svg, Chart chart, List<SoakInterval> intervals, double last, int top) {
    int base = top + CHART - BOTTOM;
    int room = CHART - BOTTOM - 20;
    double most = 0;
    for (int figure : chart.figures()) {
      for (SoakInterval interval : intervals) {
        double value = value(interval, figure);
        most = Double.isNaN(value) ? most : Math.max(most, value);
      }
    }
    most = most == 0 ? 1 : most;
    text(svg, LEFT, top + 12, "start", chart.title());
    for (int i = 0; i <= 2; i++) {
      int y = base - room * i / 2;
      svg.append(
          "<line x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\" stroke=\"#ddd\"/>\n"
              .formatted(LEFT, WIDTH - 20, y, y));
      text(svg, LEFT - 6, y + 4, "end", String.format(Locale.ROOT, "%.3g", most * i / 2));
    }
    text(svg, LEFT, base + 15, "middle", "0");
    text(svg, WIDTH - 30, base + 15, "middle", String.format(Locale.ROOT, "%.0f min", last));
    for (int f = 0; f < chart.figures().size(); f++) {
      StringBuilder points = new StringBuilder();
      for (SoakInterval interval : intervals) {
        double value = value(interval, chart.figures().get(f));
        if (!Double.isNaN(value)) {
          points.append(
              String.format(
                  Locale.ROOT,
                  "%.1f,%.1f ",
                  LEFT + (WIDTH - 20 - LEFT) * interval.minute() / last,
                  base - room * value / most));
        }
      }
      svg.append(
          "<polyline fill=\"none\" stroke=\"%s\" points=\"%s\"/>\n"
              .formatted(COLORS[f], points.toString().strip()));
    }
  }

  private static double value(SoakInterval interval, int figure) {
    return SoakInterval.FIGURES.get(figure).of().applyAsDouble(interval);
  }

  private static void text(StringBuilder svg, int x, int y, String anchor, String text) {
    svg.append(
        "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">%s</text>\n".formatted(x, y, anchor, text));
  }
}
