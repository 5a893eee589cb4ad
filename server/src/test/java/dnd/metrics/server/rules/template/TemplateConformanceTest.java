package dnd.metrics.server.rules.template;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.model.Buckets;
import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.Labels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs conformance/rules/templates.jsonl, whose README says what the templates are given. */
class TemplateConformanceTest {
  private static final Path CASES = Path.of("..", "conformance", "rules", "templates.jsonl");
  private static final long NOW_MILLIS = 1_435_065_584_128L;
  private static final Map<String, String> LABELS =
      Map.of(
          "__name__",
          "m",
          "instance",
          "a.example.com:9090",
          "job",
          "<j&b>",
          "empty",
          "",
          "num",
          "12.5");
  private static final Map<String, String> EXTERNAL_LABELS = Map.of("region", "eu", "dc", "x");
  private static final Histogram HISTOGRAM =
      Histogram.builder().count(4).sum(5).positive(Buckets.contiguous(0, 1, 2, 1)).build();

  @Test
  void everyCaseGivesWhatPrometheusGives() throws IOException {
    JsonMapper json = new JsonMapper();
    List<String> wrong = new ArrayList<>();
    int count = 0;
    for (String line : Files.readAllLines(CASES)) {
      JsonNode node = json.readTree(line);
      String expected = expected(node);
      String actual = run(node);
      count++;
      if (!actual.equals(expected)) {
        wrong.add(line + "\n  gave " + actual);
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(count).isGreaterThan(500);
  }

  private static String expected(JsonNode node) {
    for (String outcome : List.of("result", "error", "parse_error")) {
      if (node.has(outcome)) {
        return outcome + ": " + node.get(outcome).asString();
      }
    }
    throw new AssertionError("a case without an outcome: " + node);
  }

  private static String run(JsonNode node) {
    Template template;
    try {
      template = Template.forAlert(node.has("histogram") ? "H" : "X", text(node, "template"));
    } catch (TemplateException e) {
      return "parse_error: " + e.getMessage();
    }
    try {
      return "result: " + template.expand(data(node), TemplateConformanceTest::query, NOW_MILLIS);
    } catch (TemplateException e) {
      return "error: " + e.getMessage();
    }
  }

  private static String text(JsonNode node, String field) {
    return node.get(field).asString();
  }

  private static TemplateData data(JsonNode node) {
    String url = "http://prom.example:9090/base";
    if (node.has("histogram")) {
      return new TemplateData(Map.of(), Map.of(), url, 0, HISTOGRAM);
    }
    String value = node.has("value") ? text(node, "value") : "1.5";
    double number = value.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(value);
    return new TemplateData(LABELS, EXTERNAL_LABELS, url, number, null);
  }

  private static List<TemplateSample> query(String promql, long atMillis) throws TemplateException {
    return switch (promql) {
      case "up" -> List.of(up("b:9100", 1), up("a:9100", 0.5));
      case "none" -> List.of();
      case "strvalue" -> List.of(new TemplateSample(Labels.of("__value__", "text"), 3, null));
      case "histogram" -> List.of(new TemplateSample(Labels.of("__name__", "h"), 0, HISTOGRAM));
      case "time" -> List.of(new TemplateSample(Labels.of(), atMillis / 1000.0, null));
      default -> throw new TemplateException("query failed: " + promql);
    };
  }

  private static TemplateSample up(String instance, double value) {
    Labels labels = Labels.of("__name__", "up", "instance", instance, "job", "node");
    return new TemplateSample(labels, value, null);
  }
}
