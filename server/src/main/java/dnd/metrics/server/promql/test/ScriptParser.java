package dnd.metrics.server.promql.test;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.promql.parse.DurationText;
import dnd.metrics.server.promql.parse.ParseException;
import dnd.metrics.server.promql.parse.SequenceValue;
import dnd.metrics.server.promql.parse.SeriesDescription;
import dnd.metrics.server.promql.test.LoadCommand.LoadedSeries;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a script: commands at the start of a block of lines, blocks ended by empty lines. */
final class ScriptParser {
  private static final Pattern LOAD = Pattern.compile("load(?:_(with_nhcb))?\\s+(.+?)");
  private static final Pattern START_TIMES = Pattern.compile("(\\S+)@st[ \\t]+(.*)");

  private final ScriptLines lines;

  ScriptParser(String script) {
    this.lines = new ScriptLines(script);
  }

  /**
   * The script's commands.
   *
   * @throws ScriptException where a line is wrong
   */
  List<Command> parse() {
    List<Command> commands = new ArrayList<>();
    while (lines.skipEmpty()) {
      String line = lines.current();
      String word = line.split("[\t ]+", 2)[0].toLowerCase(Locale.ROOT);
      if (word.equals("clear")) {
        commands.add(new Command.Clear());
        lines.advance();
      } else if (word.startsWith("load")) {
        commands.add(load());
      } else if (word.startsWith("eval")) {
        commands.add(new EvalParser(lines).parse());
      } else {
        throw lines.error("invalid command \"" + line + "\"");
      }
    }
    return commands;
  }

  private LoadCommand load() {
    int number = lines.number();
    Matcher head = LOAD.matcher(lines.current());
    if (!head.matches()) {
      throw lines.error("invalid load command. (load[_with_nhcb] <step:duration>)");
    }
    long step = duration(lines, head.group(2));
    lines.advance();
    List<LoadedSeries> series = new ArrayList<>();
    while (!lines.atBlockEnd()) {
      series.add(loadedSeries());
    }
    return new LoadCommand(number, step, head.group(1) != null, series);
  }

  private LoadedSeries loadedSeries() {
    Matcher startTimes = START_TIMES.matcher(lines.current());
    if (!startTimes.matches()) {
      SeriesDescription series = description(lines);
      lines.advance();
      return new LoadedSeries(series.labels(), series.values(), List.of());
    }
    Labels labels = parse(lines, startTimes.group(1)).labels();
    List<SequenceValue> offsets;
    try {
      offsets = StartTimeSequence.parse(startTimes.group(2));
    } catch (IllegalArgumentException e) {
      throw lines.error("invalid @st sequence: " + e.getMessage());
    }
    lines.advance();
    if (lines.atBlockEnd()) {
      throw lines.error("@st line has no following sample line");
    }
    SeriesDescription series = description(lines);
    if (!series.labels().equals(labels)) {
      throw lines.error("@st metric does not match the following sample line metric");
    }
    if (series.values().size() != offsets.size()) {
      throw lines.error(
          "@st line has "
              + offsets.size()
              + " values but sample line has "
              + series.values().size());
    }
    lines.advance();
    return new LoadedSeries(labels, series.values(), offsets);
  }

  /** The current line as a series. */
  static SeriesDescription description(ScriptLines lines) {
    return parse(lines, lines.current());
  }

  private static SeriesDescription parse(ScriptLines lines, String text) {
    try {
      return SeriesDescription.parse(text);
    } catch (ParseException e) {
      throw lines.error(e.getMessage() + " in: " + text);
    }
  }

  /** A duration on the current line. */
  static long duration(ScriptLines lines, String text) {
    try {
      return DurationText.parseMillis(text);
    } catch (IllegalArgumentException e) {
      throw lines.error("invalid duration \"" + text + "\": " + e.getMessage());
    }
  }
}
