package dnd.metrics.server.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.events.Problem;
import dnd.metrics.events.StrictJson;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

class DashboardCheckTest {
  static final String GOOD =
      """
      {
        "kind": "Dashboard",
        "metadata": {"name": "fights", "project": "default", "tags": ["combat"]},
        "spec": {
          "display": {"name": "Fights"},
          "duration": "1h",
          "refreshInterval": "30s",
          "datasources": {"hub": {"default": true, "plugin": {"kind": "PrometheusDatasource", "spec": {}}}},
          "variables": [
            {"kind": "ListVariable", "spec": {"name": "service", "allowMultiple": true, "defaultValue": ["combat"],
              "plugin": {"kind": "PrometheusLabelValuesVariable", "spec": {"labelName": "service"}}}},
            {"kind": "TextVariable", "spec": {"name": "note", "value": "x"}}
          ],
          "panels": {
            "rate": {"kind": "Panel", "spec": {"display": {"name": "Rate"},
              "plugin": {"kind": "TimeSeriesChart", "spec": {}},
              "queries": [{"kind": "TimeSeriesQuery", "spec": {"plugin": {"kind": "PrometheusTimeSeriesQuery",
                "spec": {"query": "sum(rate(requests_total[5m]))"}}}}]}}
          },
          "layouts": [{"kind": "Grid", "spec": {"display": {"title": "All"}, "items": [
            {"x": 0, "y": 0, "width": 24, "height": 8, "content": {"$ref": "#/spec/panels/rate"}}]}}]
        }
      }
      """;

  static ObjectNode good() {
    return (ObjectNode) StrictJson.mapper().readTree(GOOD);
  }

  private static List<String> problems(String from, String to) {
    assertThat(GOOD).contains(from);
    ObjectNode resource = (ObjectNode) StrictJson.mapper().readTree(GOOD.replace(from, to));
    return DashboardCheck.problems(resource, "d").stream().map(Problem::description).toList();
  }

  @Test
  void nothingIsWrongWithAGoodOne() {
    assertThat(DashboardCheck.problems(good(), "d")).isEmpty();
  }

  @Test
  void oneThatIsTooLargeIsNotKept() {
    assertThat(problems("\"Fights\"", "\"" + "x".repeat(1 << 20) + "\""))
        .singleElement()
        .asString()
        .matches("d: has 104\\d{4} characters as JSON, at most 1048576 are kept");
  }

  @Test
  void thoseThatComeWithTheServiceAreGood() {
    for (String name : BuiltInDashboards.NAMES) {
      ObjectNode resource = BuiltInDashboards.resource(name);
      assertThat(DashboardCheck.problems(resource, name)).isEmpty();
      assertThat(resource.at("/metadata/name").stringValue()).isEqualTo(name);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"kind\": \"Dashboard\"|\"kind\": \"Panel\"|d.kind: must be Dashboard, not \"Panel\"",
        "\"kind\": \"Dashboard\",||d.kind: is missing",
        "\"name\": \"fights\"|\"name\": \"fights and more\"|d.metadata.name: must be 1 to 75 letters, digits and \"_\", \".\", \"-\"",
        "\"name\": \"fights\"|\"name\": 7|d.metadata.name: must be a string",
        "\"project\": \"default\",||d.metadata.project: is missing",
        "[\"combat\"]|[\" combat\"]|d.metadata.tags[0]: must be 1 to 50 characters that neither begin nor end with space",
        "\"duration\": \"1h\"|\"duration\": \"an hour\"|d.spec.duration: \"an hour\" is no duration such as 1h or 30s",
        "\"name\": \"service\"|\"name\": \"12\"|d.spec.variables[0].spec.name: must be letters, digits and \"_\", and not only digits",
        "\"name\": \"service\"|\"name\": \"__from\"|d.spec.variables[0].spec.name: begins with \"__\", as only built-in variables do",
        "\"name\": \"service\"|\"name\": \"note\"|d.spec.variables[1].spec.name: another variable is called \"note\" as well",
        "\"allowMultiple\": true|\"allowMultiple\": false|d.spec.variables[0].spec.defaultValue: is a list, but allowMultiple is not set",
        "\"kind\": \"TextVariable\"|\"kind\": \"Variable\"|d.spec.variables[1].kind: must be ListVariable or TextVariable, not \"Variable\"",
        "\"plugin\": {\"kind\": \"TimeSeriesChart\", \"spec\": {}},||d.spec.panels.rate.spec.plugin: is missing",
        "\"kind\": \"TimeSeriesChart\"|\"kind\": \"\"|d.spec.panels.rate.spec.plugin.kind: is empty",
        "\"kind\": \"PrometheusTimeSeriesQuery\",||d.spec.panels.rate.spec.queries[0].spec.plugin.kind: is missing",
        "#/spec/panels/rate|#/spec/panels/error|d.spec.layouts[0].spec.items[0].content.$ref: no panel is called \"error\"",
        "#/spec/panels/rate|rate|d.spec.layouts[0].spec.items[0].content.$ref: must begin with \"#/spec/panels/\"",
        "\"width\": 24|\"width\": 25|d.spec.layouts[0].spec.items[0].width: ends at column 25; a grid has 24",
        "\"x\": 0|\"x\": 0.5|d.spec.layouts[0].spec.items[0].x: must be a whole number",
        "\"layouts\"|\"layout\"|d.spec.layouts: is missing",
        "\"panels\": {|\"panels\": [{}], \"other\": {|d.spec.panels: must be an object",
        "\"query\": \"sum(rate(requests_total[5m]))\"|\"anything\": [1]|",
      })
  void whatIsWrongIsNamedWithItsPath(String from, String to, String expected) {
    List<String> found = problems(from, to == null ? "" : to);
    if (expected == null) {
      assertThat(found).isEmpty();
    } else {
      assertThat(found).contains(expected);
    }
  }
}
