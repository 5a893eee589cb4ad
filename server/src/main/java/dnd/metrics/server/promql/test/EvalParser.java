package dnd.metrics.server.promql.test;

import com.google.re2j.PatternSyntaxException;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.promql.parse.Expr;
import dnd.metrics.server.promql.parse.NumberText;
import dnd.metrics.server.promql.parse.ParseException;
import dnd.metrics.server.promql.parse.Parser;
import dnd.metrics.server.promql.parse.ParserOptions;
import dnd.metrics.server.promql.parse.SeriesDescription;
import dnd.metrics.server.promql.parse.StringLiteral;
import dnd.metrics.server.promql.test.EvalCommand.ExpectedSeries;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads one {@code eval} command with the lines of its block. */
final class EvalParser {
  private static final Pattern INSTANT =
      Pattern.compile("eval(?:_(fail|warn|ordered|info))?\\s+instant\\s+(?:at\\s+(.+?))?\\s+(.+)");
  private static final Pattern RANGE =
      Pattern.compile(
          "eval(?:_(fail|warn|info))?\\s+range\\s+from\\s+(.+)\\s+to\\s+(.+)\\s+step\\s+(.+?)\\s+(.+)");
  private static final Pattern EXPECT =
      Pattern.compile(
          "expect\\s+(ordered|fail|warn|no_warn|info|no_info)(?:\\s+(regex|msg):(.+))?");
  private static final Pattern RANGE_VECTOR =
      Pattern.compile("expect range vector\\s+from\\s+(.+)\\s+to\\s+(.+)\\s+step\\s+(.+)");
  private static final String STRING = "expect string";

  private final ScriptLines lines;
  private final List<TextPattern> failures = new ArrayList<>();
  private final List<TextPattern> warnings = new ArrayList<>();
  private final List<TextPattern> infos = new ArrayList<>();
  private final Map<Labels, ExpectedSeries> series = new LinkedHashMap<>();
  private boolean ordered;
  private boolean noWarnings;
  private boolean noInfos;
  private boolean rangeVector;
  private boolean once;
  private long startMillis;
  private long endMillis;
  private long stepMillis;
  private @Nullable Double scalar;
  private String string = "";

  EvalParser(ScriptLines lines) {
    this.lines = lines;
  }

  EvalCommand parse() {
    int number = lines.number();
    Matcher instant = INSTANT.matcher(lines.current());
    Matcher range = RANGE.matcher(lines.current());
    String query;
    boolean isInstant = instant.matches();
    if (isInstant) {
      expectOldStyle(instant.group(1));
      startMillis = instant.group(2) == null ? 0 : ScriptParser.duration(lines, instant.group(2));
      endMillis = startMillis;
      query = instant.group(3);
    } else if (range.matches()) {
      expectOldStyle(range.group(1));
      setTimes(range.group(2), range.group(3), range.group(4));
      query = range.group(5);
    } else {
      throw lines.error(
          "invalid evaluation command. Must be either 'eval instant [at <offset:duration>] <query>'"
              + " or 'eval range from <from> to <to> step <step> <query>'");
    }
    lines.advance();
    while (!lines.atBlockEnd() && readLine(isInstant)) {
      lines.advance();
    }
    return new EvalCommand(
        number,
        query,
        !isInstant,
        startMillis,
        endMillis,
        stepMillis,
        once,
        new Expectations(ordered, failures, warnings, infos, noWarnings, noInfos),
        series,
        scalar,
        string);
  }

  private void setTimes(String from, String to, String step) {
    startMillis = ScriptParser.duration(lines, from);
    endMillis = ScriptParser.duration(lines, to);
    stepMillis = ScriptParser.duration(lines, step);
    if (endMillis < startMillis) {
      throw lines.error("end timestamp (" + to + ") is before start timestamp (" + from + ")");
    }
  }

  /** The words behind {@code eval_} in older scripts. */
  private void expectOldStyle(@Nullable String word) {
    switch (word) {
      case "ordered" -> ordered = true;
      case "fail" -> failures.add(new TextPattern.Any());
      case "warn" -> warnings.add(new TextPattern.Any());
      case "info" -> infos.add(new TextPattern.Any());
      case null, default -> {}
    }
  }

  /** Reads one line behind the command; false where the block's rest says nothing more. */
  private boolean readLine(boolean instant) {
    String line = lines.current();
    if (line.startsWith("expected_fail_message") || line.startsWith("expected_fail_regexp")) {
      String kind = line.split("\\s+", 2)[0];
      String text = line.substring(kind.length()).strip();
      failures.clear();
      failures.add(
          kind.equals("expected_fail_message") ? new TextPattern.Message(text) : regex(text));
      return true;
    }
    if (line.startsWith("expect range vector")) {
      Matcher m = RANGE_VECTOR.matcher(line);
      if (!m.matches()) {
        throw lines.error("invalid range vector definition \"" + line + "\"");
      }
      setTimes(m.group(1), m.group(2), m.group(3));
      rangeVector = true;
      once = true;
      return true;
    }
    if (line.startsWith(STRING)) {
      string = stringLiteral(line.substring(STRING.length()).strip());
      once = true;
      return true;
    }
    if (line.equals("expect") || line.startsWith("expect ")) {
      expect(line);
      return true;
    }
    Double number = number(line);
    if (number != null) {
      scalar = number;
      return true;
    }
    readSeries(instant);
    return true;
  }

  private void readSeries(boolean instant) {
    SeriesDescription description = ScriptParser.description(lines);
    if (instant && !rangeVector && description.values().size() > 1) {
      throw lines.error(
          "expecting multiple values in instant evaluation not allowed. consider using 'expect"
              + " range vector' directive to enable a range vector result for an instant query");
    }
    if (description.values().isEmpty()) {
      throw lines.error("expected series without a value");
    }
    series.put(description.labels(), new ExpectedSeries(series.size() + 1, description.values()));
  }

  private void expect(String line) {
    Matcher m = EXPECT.matcher(line);
    if (!m.matches()) {
      throw lines.error(
          "invalid expect statement, must match `expect <type> <match_type>: <string>` format");
    }
    TextPattern text;
    if (m.group(2) == null) {
      text = new TextPattern.Any();
    } else if (m.group(2).equals("msg")) {
      text = new TextPattern.Message(m.group(3).strip());
    } else {
      text = regex(m.group(3).strip());
    }
    switch (m.group(1)) {
      case "ordered" -> ordered = true;
      case "fail" -> failures.add(text);
      case "warn" -> warnings.add(text);
      case "info" -> infos.add(text);
      case "no_warn" -> noWarnings = true;
      default -> noInfos = true;
    }
    if (failures.size() > 1) {
      throw lines.error("invalid expect lines, multiple expect fail lines are not allowed");
    }
    if (noWarnings && !warnings.isEmpty()) {
      throw lines.error("invalid expect lines, warn and no_warn cannot be used together");
    }
    if (noInfos && !infos.isEmpty()) {
      throw lines.error("invalid expect lines, info and no_info cannot be used together");
    }
  }

  private TextPattern regex(String pattern) {
    try {
      return new TextPattern.Regex(com.google.re2j.Pattern.compile(pattern));
    } catch (PatternSyntaxException e) {
      throw lines.error("invalid regexp '" + pattern + "': " + e.getMessage());
    }
  }

  private String stringLiteral(String text) {
    try {
      Expr literal = Parser.parse(text, ParserOptions.ALL);
      if (literal instanceof StringLiteral found) {
        return found.value();
      }
    } catch (ParseException e) {
      throw lines.error("expected string literal not valid: " + e.getMessage());
    }
    throw lines.error("expected string literal not valid - a quoted string literal is required");
  }

  private static @Nullable Double number(String line) {
    boolean negative = line.startsWith("-");
    boolean signed = negative || line.startsWith("+");
    try {
      double value = NumberText.parse(signed ? line.substring(1) : line);
      return negative ? -value : value;
    } catch (NumberFormatException e) {
      return null; // Not a number: a series.
    }
  }
}
