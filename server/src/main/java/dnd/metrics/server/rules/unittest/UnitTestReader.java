package dnd.metrics.server.rules.unittest;

import static dnd.metrics.server.promql.parse.GoQuoting.quote;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.promql.parse.DurationText;
import dnd.metrics.server.rules.unittest.UnitTest.AlertTest;
import dnd.metrics.server.rules.unittest.UnitTest.ExpectedAlert;
import dnd.metrics.server.rules.unittest.UnitTest.ExpectedSample;
import dnd.metrics.server.rules.unittest.UnitTest.ExprTest;
import dnd.metrics.server.rules.unittest.UnitTest.InputSeries;
import dnd.metrics.server.yaml.GoDecoder;
import dnd.metrics.server.yaml.GoDecoder.ExcessiveAliasing;
import dnd.metrics.server.yaml.YamlDocument;
import dnd.metrics.server.yaml.YamlNode;
import dnd.metrics.server.yaml.YamlProblem;
import dnd.metrics.server.yaml.YamlSyntaxException;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads files of unit tests, strictly, as promtool does. For one file. */
final class UnitTestReader {
  private static final long DEFAULT_INTERVAL_MILLIS = 60_000;

  private final GoDecoder decoder = new GoDecoder();

  private UnitTestReader() {}

  /**
   * Reads {@code text}.
   *
   * @throws UnitTestException naming all that is wrong
   */
  static UnitTestFile read(String text) throws UnitTestException {
    try {
      return new UnitTestReader().file(YamlDocument.read(text).root());
    } catch (YamlSyntaxException e) {
      throw new UnitTestException(List.of("yaml: line " + e.line() + ": " + e.getMessage()));
    } catch (ExcessiveAliasing e) {
      throw new UnitTestException(List.of("yaml: " + e.getMessage()));
    }
  }

  private UnitTestFile file(YamlNode root) throws UnitTestException {
    Map<String, YamlNode> fields =
        decoder.struct(
            root,
            "main.unitTestFile",
            List.of(
                "rule_files", "evaluation_interval", "group_eval_order", "tests", "fuzzy_compare"));
    YamlNode fuzzy = fields.get("fuzzy_compare");
    long interval = millis(fields.get("evaluation_interval"));
    UnitTestFile file =
        new UnitTestFile(
            texts(fields.get("rule_files")),
            interval == 0 ? DEFAULT_INTERVAL_MILLIS : interval,
            texts(fields.get("group_eval_order")),
            fuzzy != null && decoder.bool(fuzzy),
            each(fields.get("tests"), "[]main.testGroup", this::test));
    if (!decoder.problems().isEmpty()) {
      List<String> lines = new ArrayList<>(List.of("yaml: unmarshal errors:"));
      decoder.problems().stream()
          .sorted(Comparator.comparingInt(YamlProblem::line))
          .forEach(problem -> lines.add("  line " + problem.line() + ": " + problem.text()));
      throw new UnitTestException(lines);
    }
    return file;
  }

  private UnitTest test(YamlNode node) {
    Map<String, YamlNode> fields =
        decoder.struct(
            node,
            "main.testGroup",
            List.of(
                "interval",
                "input_series",
                "alert_rule_test",
                "promql_expr_test",
                "external_labels",
                "external_url",
                "name",
                "start_timestamp"));
    return new UnitTest(
        text(fields.get("name")),
        millis(fields.get("interval")),
        each(fields.get("input_series"), "[]main.series", this::series),
        each(fields.get("alert_rule_test"), "[]main.alertTestCase", this::alertTest),
        each(fields.get("promql_expr_test"), "[]main.promqlTestCase", this::exprTest),
        textMap(fields.get("external_labels")),
        text(fields.get("external_url")),
        time(fields.get("start_timestamp")));
  }

  private InputSeries series(YamlNode node) {
    Map<String, YamlNode> fields = decoder.struct(node, "main.series", List.of("series", "values"));
    return new InputSeries(text(fields.get("series")), text(fields.get("values")));
  }

  private AlertTest alertTest(YamlNode node) {
    Map<String, YamlNode> fields =
        decoder.struct(node, "main.alertTestCase", List.of("eval_time", "alertname", "exp_alerts"));
    return new AlertTest(
        millis(fields.get("eval_time")),
        text(fields.get("alertname")),
        each(fields.get("exp_alerts"), "[]main.alert", this::alert));
  }

  private ExpectedAlert alert(YamlNode node) {
    Map<String, YamlNode> fields =
        decoder.struct(node, "main.alert", List.of("exp_labels", "exp_annotations"));
    return new ExpectedAlert(
        textMap(fields.get("exp_labels")), textMap(fields.get("exp_annotations")));
  }

  private ExprTest exprTest(YamlNode node) {
    Map<String, YamlNode> fields =
        decoder.struct(node, "main.promqlTestCase", List.of("expr", "eval_time", "exp_samples"));
    return new ExprTest(
        text(fields.get("expr")),
        millis(fields.get("eval_time")),
        each(fields.get("exp_samples"), "[]main.sample", this::sample));
  }

  private ExpectedSample sample(YamlNode node) {
    Map<String, YamlNode> fields =
        decoder.struct(node, "main.sample", List.of("labels", "value", "histogram"));
    YamlNode value = fields.get("value");
    return new ExpectedSample(
        text(fields.get("labels")),
        value == null ? 0 : decoder.number(value),
        text(fields.get("histogram")));
  }

  private <T> List<T> each(@Nullable YamlNode list, String type, Function<YamlNode, T> reader) {
    return list == null ? List.of() : decoder.list(list, type).stream().map(reader).toList();
  }

  private List<String> texts(@Nullable YamlNode list) {
    return each(list, "[]string", decoder::text);
  }

  private String text(@Nullable YamlNode node) {
    return node == null ? "" : decoder.text(node);
  }

  private SortedMap<String, String> textMap(@Nullable YamlNode node) {
    SortedMap<String, String> result = new TreeMap<>(Labels::compareCodePoints);
    if (node != null) {
      result.putAll(decoder.texts(node));
    }
    return result;
  }

  private long millis(@Nullable YamlNode node) {
    if (node == null || GoDecoder.isNull(node)) {
      return 0;
    }
    int before = decoder.problems().size();
    String text = decoder.text(node);
    if (decoder.problems().size() > before) {
      return 0;
    }
    try {
      return DurationText.parseMillis(text);
    } catch (IllegalArgumentException e) {
      decoder.problem(node, String.valueOf(e.getMessage()));
      return 0;
    }
  }

  /** Unix seconds or a date and time, as milliseconds. */
  private long time(@Nullable YamlNode node) {
    String text = text(node);
    if (node == null || GoDecoder.isNull(node)) {
      return 0;
    }
    try {
      return Math.round(Double.parseDouble(text) * 1000);
    } catch (NumberFormatException notSeconds) {
      try {
        return OffsetDateTime.parse(text).toInstant().toEpochMilli();
      } catch (DateTimeException notTime) {
        decoder.problem(node, "cannot parse " + quote(text) + " to a valid timestamp");
        return 0;
      }
    }
  }
}
