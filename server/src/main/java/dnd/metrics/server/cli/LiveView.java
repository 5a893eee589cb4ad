package dnd.metrics.server.cli;

import dnd.metrics.events.QueryEvent;
import dnd.metrics.server.terminal.Answer;
import dnd.metrics.server.terminal.AnswerTable;
import dnd.metrics.server.terminal.Graph;
import dnd.metrics.server.terminal.LiveAnswer;
import dnd.metrics.server.terminal.LiveLines;
import java.util.List;
import java.util.Objects;

/**
 * Shows a live answer: on a terminal as a table or graph that is drawn anew with every update,
 * otherwise as lines of what changed. For one query and one thread.
 */
final class LiveView {
  private static final String HOME = "\u001b[H";
  private static final String CLEAR = "\u001b[2J";
  private static final String CLEAR_LINE = "\u001b[K";
  private static final String CLEAR_BELOW = "\u001b[J";

  /** Lines below the drawing that are left for the cursor. */
  private static final int SPARE_LINES = 2;

  private final Terminal terminal;
  private final QueryEvent event;
  private final boolean graph;
  private final int graphRows;
  private final LiveAnswer live;
  private boolean drawn;

  LiveView(Terminal terminal, QueryEvent event, boolean graph, int graphRows) {
    this.terminal = terminal;
    this.event = event;
    this.graph = graph;
    this.graphRows = graphRows;
    this.live = new LiveAnswer(widthMillis());
  }

  LiveAnswer live() {
    return live;
  }

  private long widthMillis() {
    return event.isRange()
        ? Objects.requireNonNull(event.endMillis()) - Objects.requireNonNull(event.startMillis())
        : 0;
  }

  /** Whether it draws anew, so that it is enough to show the newest of several updates. */
  boolean isScreen() {
    return terminal.isInteractive();
  }

  void show(long nowMillis) {
    terminal.print(isScreen() ? screen() : LiveLines.print(live, nowMillis));
  }

  private String screen() {
    StringBuilder out = new StringBuilder();
    out.append(drawn ? HOME : CLEAR + HOME);
    drawn = true;
    List<String> lines = (event.query() + "\n" + drawing()).lines().toList();
    int room = Math.max(4, terminal.height() - SPARE_LINES);
    int shown = lines.size() > room ? room - 1 : lines.size();
    for (String line : lines.subList(0, shown)) {
      out.append(line).append(CLEAR_LINE).append('\n');
    }
    if (shown < lines.size()) {
      out.append("and ").append(lines.size() - shown).append(" more lines");
      out.append(CLEAR_LINE).append('\n');
    }
    return out.append(CLEAR_BELOW).toString();
  }

  private String drawing() {
    Answer answer = live.answer();
    if (answer.series().isEmpty()) {
      return "nothing found";
    }
    Long stepMillis = event.stepMillis();
    if (graph && stepMillis != null) {
      long end = live.newestMillis();
      String drawing =
          new Graph(terminal.graphWidth(), graphRows, terminal.style())
              .print(answer, end - widthMillis(), end, stepMillis);
      if (!drawing.isEmpty()) {
        return drawing;
      }
    }
    return new AnswerTable(terminal.tableWidth(), terminal.style()).print(answer);
  }
}
