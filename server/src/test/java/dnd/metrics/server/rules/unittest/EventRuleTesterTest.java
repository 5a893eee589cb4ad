package dnd.metrics.server.rules.unittest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dnd.metrics.server.rules.RuleTester.Result;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EventRuleTesterTest {
  private static final Map<String, String> RULES =
      Map.of("inn.yml", "groups:\n- name: g\n  rules:\n  - {record: r, expr: vector(1)}\n");
  private static final String TESTS =
      """
      rule_files: ["*.yml"]
      tests:
        - name: one
          promql_expr_test:
            - {expr: r, eval_time: 1m, exp_samples: [{labels: r, value: 1}]}
        - name: two
          promql_expr_test:
            - {expr: r, eval_time: 1m, exp_samples: [{labels: r, value: 2}]}
      """;

  private final EventRuleTester tester = new EventRuleTester();

  @Test
  void testsTakeRuleFilesFromTheEvent() {
    Result result = tester.test(TESTS, RULES, "");
    assertThat(result.problems()).isEmpty();
    assertThat(result.passed()).isFalse();
    assertThat(result.tests().get(0).failures()).isEmpty();
    assertThat(result.tests().get(1).failures())
        .containsExactly(
            "    expr: \"r\", time: 1m,\n        exp: {__name__=\"r\"} 2E+00\n"
                + "        got: {__name__=\"r\"} 1E+00");
    assertThat(tester.test(TESTS, RULES, "^one$").passed()).isTrue();
  }

  @Test
  void whatIsMissingOrTooMuchIsSaid() {
    assertThat(tester.test("rule_files: [a.yml]\n", RULES, "").warnings())
        .isEqualTo(List.of("no file match pattern a.yml"));
    assertThat(tester.test("tests: 1", RULES, "").problems().getFirst())
        .contains("cannot unmarshal !!int `1` into []main.testGroup");
    Result endless =
        tester.test(
            "evaluation_interval: 1ms\ntests: [{promql_expr_test: [{expr: r, eval_time: 1y}]}]",
            RULES,
            "");
    assertThat(endless.tests().getFirst().failures())
        .containsExactly("too many evaluations of rules: limit 100000");
    assertThatThrownBy(() -> tester.test(TESTS, RULES, "("))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("missing closing )");
  }

  @Test
  void valuesOfSeriesAreBoundedOverAllTestsBeforeTheyAreMade() {
    String test =
        "- {promql_expr_test: [{expr: a, eval_time: 1m}], input_series: [{series: a, values:"
            + " 'VALUES'}]}\n";
    String tests = "tests:\n" + test.replace("VALUES", "1x300000").repeat(2) + test;
    Result result = tester.test(tests, RULES, "");
    assertThat(result.tests()).hasSize(3);
    assertThat(result.tests().get(0).failures()).hasSize(1).first().asString().contains("got:");
    assertThat(result.tests().get(1).failures())
        .hasSize(1)
        .first()
        .asString()
        .contains("more than 199999 values");
    assertThat(failures(test, "1+1x9000000")).contains("more than 500000 values");
    assertThat(failures(test, "{{buckets:[" + "1 ".repeat(1000) + "]}}x9000"))
        .contains("more than 500000 values");
    assertThat(failures(test, "1x1 {{count:1}}+{{buckets:[" + "1 ".repeat(1000) + "]}}x9000"))
        .contains("more than 500000 values");
  }

  private String failures(String test, String values) {
    String tests = "tests:\n" + test.replace("VALUES", values);
    return tester.test(tests, RULES, "").tests().getFirst().failures().toString();
  }

  @Test
  void whatRulesWriteAndHowManyTheyAreIsBounded() {
    StringBuilder rules = new StringBuilder("groups:\n- name: g\n  rules:\n");
    for (int i = 0; i < 200; i++) {
      rules.append("  - {record: r" + i + ", expr: vector(1)}\n");
    }
    String tests = "tests: [{promql_expr_test: [{expr: r, eval_time: 10h}]}, {name: other}]";
    Map<String, String> files = Map.of("inn.yml", rules.toString());
    Result result = tester.test(tests, files, "");
    assertThat(result.passed()).isTrue(); // it names no file
    result = tester.test("rule_files: [inn.yml]\n" + tests, files, "");
    assertThat(result.tests().getFirst().failures())
        .containsExactly("too many evaluations of rules: limit 100000");
    assertThat(result.tests()).hasSize(1);
    assertThat(result.problems())
        .containsExactly("too many evaluations of rules: limit 100000: not all tests were run");

    String recorded =
        "rule_files: [inn.yml]\ntests: [{promql_expr_test: [{expr: r, eval_time: 1h}]}]";
    TestLimits limits = new TestLimits(30, 1000, 600_000, 1000);
    FileReport report =
        new RuleTestRunner(new TestOptions(null, false, false, false, limits))
            .run("tests", recorded, RULES);
    assertThat(report.failures().getFirst()).contains("too many values of series: limit 30");
  }

  @Test
  void textOfTemplatesIsBounded() {
    String rules =
        "groups:\n- name: g\n  rules:\n  - {alert: A, expr: a, annotations: {x:"
            + " '{{ printf \"%900000d\" 1 }}'}}\n";
    StringBuilder input = new StringBuilder();
    for (int i = 0; i < 100; i++) {
      input.append("{series: 'a{i=\"" + i + "\"}', values: 1x10},");
    }
    Result result =
        tester.test(
            "rule_files: [inn.yml]\ntests: [{promql_expr_test: [{expr: a, eval_time: 1m}],"
                + " input_series: ["
                + input
                + "]}]",
            Map.of("inn.yml", rules),
            "");
    assertThat(result.tests().getFirst().failures())
        .first()
        .asString()
        .contains("too much text: limit 16777216 characters");
  }

  @Test
  void timeIsBounded() {
    TestLimits limits = new TestLimits(Long.MAX_VALUE, Long.MAX_VALUE, 0, Long.MAX_VALUE);
    FileReport report =
        new RuleTestRunner(new TestOptions(null, false, false, false, limits))
            .run("tests", TESTS, RULES);
    assertThat(report.problems())
        .containsExactly("the tests take too long: limit 0 ms: not all tests were run");
  }
}
