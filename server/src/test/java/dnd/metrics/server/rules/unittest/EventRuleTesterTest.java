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
        .containsExactly("too many evaluations: limit 10000");
    assertThatThrownBy(() -> tester.test(TESTS, RULES, "("))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("missing closing )");
  }
}
