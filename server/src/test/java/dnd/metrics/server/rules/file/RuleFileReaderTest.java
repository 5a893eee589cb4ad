package dnd.metrics.server.rules.file;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.rules.file.Rule.AlertingRule;
import dnd.metrics.server.rules.file.Rule.RecordingRule;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RuleFileReaderTest {
  @Test
  void everyFieldIsRead() {
    RuleFileReading reading =
        RuleFileReader.read(
            """
            groups:
              - name: requests
                interval: 30s
                limit: 10
                query_offset: 1m
                labels:
                  team: shop
                rules:
                  - record: job:requests:rate5m
                    expr: sum by (job) (rate(requests_total[5m]))
                    labels: {tier: 1}
                  - alert: TooSlow
                    expr: |
                      latency_seconds
                        > 0.5
                    for: 1h30m
                    keep_firing_for: 5m
                    labels:
                      severity: page
                    annotations:
                      summary: "{{ $labels.job }} is slow"
            """);
    assertThat(reading.problems()).isEmpty();
    assertThat(reading.warnings()).isEmpty();
    RecordingRule recording =
        new RecordingRule(
            "job:requests:rate5m", "sum by (job) (rate(requests_total[5m]))", Map.of("tier", "1"));
    AlertingRule alerting =
        new AlertingRule(
            "TooSlow",
            "latency_seconds\n  > 0.5\n",
            Duration.ofMinutes(90),
            Duration.ofMinutes(5),
            Map.of("severity", "page"),
            Map.of("summary", "{{ $labels.job }} is slow"));
    RuleGroup group =
        new RuleGroup(
            "requests",
            Duration.ofSeconds(30),
            10,
            Optional.of(Duration.ofMinutes(1)),
            Map.of("team", "shop"),
            List.of(recording, alerting));
    assertThat(reading.file()).isEqualTo(new RuleFile(List.of(group)));
    assertThat(reading.file().ruleCount()).isEqualTo(2);
  }

  @Test
  void anEmptyTextHasNoGroups() {
    for (String text : List.of("", "\n# nothing\n", "groups:\n", "groups: []\n", "{}")) {
      RuleFileReading reading = RuleFileReader.read(text);
      assertThat(reading.problems()).as(text).isEmpty();
      assertThat(reading.file().groups()).as(text).isEmpty();
    }
  }

  @Test
  void aliasesAndMergesAreFollowed() {
    RuleFileReading reading =
        RuleFileReader.read(
            """
            groups:
              - name: a
                rules:
                  - &high
                    alert: High
                    expr: &expr errors > 1
                    for: 5m
                    labels: {severity: &severity critical}
                  - record: errors:high
                    expr: *expr
                    labels:
                      severity: *severity
                  - <<: *high
                    alert: Higher
                  - <<: [*high]
                    for: 1m
            """);
    assertThat(reading.problems()).isEmpty();
    List<Rule> rules = reading.file().groups().getFirst().rules();
    assertThat(rules.get(1))
        .isEqualTo(new RecordingRule("errors:high", "errors > 1", Map.of("severity", "critical")));
    assertThat(rules.get(2))
        .isEqualTo(
            new AlertingRule(
                "Higher",
                "errors > 1",
                Duration.ofMinutes(5),
                Duration.ZERO,
                Map.of("severity", "critical"),
                Map.of()));
    assertThat(((AlertingRule) rules.get(3)).holdDuration()).isEqualTo(Duration.ofMinutes(1));
  }

  @Test
  void whatCannotBeReadIsToldInGosWords() {
    assertProblems("- a\n", "1:1: cannot unmarshal !!seq into rulefmt.RuleGroups");
    assertProblems("hello", "1:1: cannot unmarshal !!str `hello` into rulefmt.RuleGroups");
    assertProblems(
        "groups: an elephant\n",
        "1:9: cannot unmarshal !!str `an elep...` into []rulefmt.RuleGroup");
    assertProblems(
        "groups:\n- name: a\n  rule: []\n  labels: [x]\n",
        "3:3: field rule not found in type rulefmt.RuleGroup; did you mean 'rules'?",
        "4:11: cannot unmarshal !!seq into map[string]string");
    assertProblems(
        "groups:\n- name: a\n  limit: many\n  interval: 5 minutes\n  name: b\n",
        "3:10: cannot unmarshal !!str `many` into int",
        "4:13: unknown unit \" minutes\" in duration \"5 minutes\"",
        "5:3: field name already set in type rulefmt.RuleGroup");
    assertProblems(
        "groups:\n- name: a\n  labels: {x: 1, x: 2, y: [1]}\n",
        "3:18: mapping key \"x\" already defined at line 3",
        "3:27: cannot unmarshal !!seq into string");
    assertProblems(
        "groups:\n- name: a\n  rules: [*missing]\n",
        "3:11: yaml: line 3: unknown anchor 'missing' referenced");
    assertProblems("groups: &x\n- *x\n", "2:3: yaml: line 2: anchor 'x' value contains itself");
    assertThat(RuleFileReader.read("groups: [").problems().getFirst().text())
        .startsWith("yaml: line 1: ");
  }

  @Test
  void rulesAreCheckedAsInPrometheus() {
    assertProblems(
        "groups:\n- rules: []\n- name: a\n- name: a\n  labels: {__name__: x, \"\": y}\n",
        "2:3: Groupname must not be empty",
        "4:3: groupname: \"a\" is repeated in the same file",
        "5:22: invalid label name: __name__",
        "5:29: invalid label name: ");
    assertProblems("groups:\n- name: " + "a".repeat(256) + "\n");
    assertProblems(
        "groups:\n- name: " + "a".repeat(257) + "\n",
        "2:3: Groupname has more than 256 characters");
    assertProblems(
        rule("expr: up"), "4:7: group \"g\", rule 1, \"\": one of 'record' or 'alert' must be set");
    assertProblems(
        rule("record: r\n      alert: a\n      expr: up"),
        "4:15: group \"g\", rule 1, \"a\": only one of 'record' and 'alert' must be set");
    assertProblems(
        rule("alert: a"), "4:7: group \"g\", rule 1, \"a\": field 'expr' must be set in rule");
    assertProblems(
        rule("alert: a\n      expr: up +"),
        "5:13: group \"g\", rule 1, \"a\": could not parse expression: 1:5: parse error:"
            + " unexpected end of input");
    assertProblems(
        rule(
            "record: 'r{a=\"b\"}'\n      expr: up\n      for: 1m\n      keep_firing_for: 1m\n"
                + "      annotations: {a: b}"),
        "4:15: group \"g\", rule 1, \"r{a=\\\"b\\\"}\": invalid field 'annotations' in recording"
            + " rule",
        "4:15: group \"g\", rule 1, \"r{a=\\\"b\\\"}\": invalid field 'for' in recording rule",
        "4:15: group \"g\", rule 1, \"r{a=\\\"b\\\"}\": invalid field 'keep_firing_for' in"
            + " recording rule",
        "4:15: group \"g\", rule 1, \"r{a=\\\"b\\\"}\": braces present in the recording rule name;"
            + " should it be in expr?: r{a=\"b\"}");
    assertProblems(
        rule("alert: a\n      expr: up\n      labels: {__name__: x}\n      annotations: {\"\": x}"),
        "6:26: group \"g\", rule 1, \"a\": invalid label name: __name__",
        "7:25: group \"g\", rule 1, \"a\": invalid annotation name: ");
  }

  @Test
  void templatesAreRead() {
    assertProblems(
        """
        groups:
          - name: g
            rules:
              - alert: a
                expr: up
                labels: {severity: '{{ $severity }}'}
                annotations:
                  summary: |
                    {{ $labels.job }}
                    {{ $labels.quantile * 100 }}
        """,
        "6:28: group \"g\", rule 1, \"a\": label \"severity\": template: __alert_a:1: undefined"
            + " variable \"$severity\"",
        "8:20: group \"g\", rule 1, \"a\": annotation \"summary\": template: __alert_a:2:"
            + " unexpected \"*\" in operand");
    assertProblems(rule("record: r\n      expr: up\n      labels: {severity: '{{ $no }}'}"));
  }

  @Test
  void aSecondDocumentIsAWarning() {
    RuleFileReading reading = RuleFileReader.read("groups: []\n---\ngroups: []\n");
    assertThat(reading.isValid()).isTrue();
    assertThat(reading.warnings().getFirst().text()).contains("only the first document");
  }

  @Test
  void sizeDepthAndAliasesAreBounded() {
    String deep = "groups: " + "[".repeat(200) + "]".repeat(200);
    assertThat(RuleFileReader.read(deep).problems().getFirst().text())
        .isEqualTo("yaml: line 1: nested too deeply: more than 100 levels");

    StringBuilder text = new StringBuilder("groups:\n- name: a\n  labels: &l {");
    for (int i = 0; i < 1000; i++) {
      text.append('l').append(i).append(": x, ");
    }
    text.append("}\n  rules: &r\n");
    for (int i = 0; i < 1000; i++) {
      text.append("  - {alert: a, expr: up, labels: *l, annotations: *l}\n");
    }
    for (int i = 0; i < 1000; i++) {
      text.append("- {name: g").append(i).append(", rules: *r}\n");
    }
    assertThat(RuleFileReader.read(text.toString()).problems())
        .singleElement()
        .extracting(RuleFileProblem::text)
        .isEqualTo("document contains excessive aliasing");
  }

  private static String rule(String fields) {
    return "groups:\n- name: g\n  rules:\n    - " + fields + "\n";
  }

  private static void assertProblems(String text, String... problems) {
    assertThat(RuleFileReader.read(text).problems())
        .as(text)
        .extracting(RuleFileProblem::toString)
        .containsExactly(problems);
  }
}
