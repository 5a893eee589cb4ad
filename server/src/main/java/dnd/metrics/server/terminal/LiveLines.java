package dnd.metrics.server.terminal;

import dnd.metrics.server.model.Labels;

/** What changed in a live answer, a line for each point: time, series, value. Times are UTC. */
public final class LiveLines {
  private LiveLines() {}

  public static String print(LiveAnswer live, long nowMillis) {
    StringBuilder out = new StringBuilder();
    for (AnswerSeries series : live.change().series()) {
      String name = AnswerSeries.text(series.labels());
      for (AnswerSample sample : series.samples()) {
        String value = sample.isAbsent() ? "no value" : sample.text();
        line(out, sample.timeMillis(), name, value);
      }
    }
    for (Labels labels : live.gone()) {
      line(out, nowMillis, AnswerSeries.text(labels), "gone");
    }
    return out.toString();
  }

  private static void line(StringBuilder out, long timeMillis, String name, String value) {
    out.append(AnswerTable.time(timeMillis)).append("  ");
    out.append(name.equals("{}") ? "" : name + "  ").append(value).append('\n');
  }
}
