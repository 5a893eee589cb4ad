package dnd.metrics.server.rules;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RuleGraphTest {
  private static RuleGraph graph(String... rules) throws Exception {
    StringBuilder yaml = new StringBuilder("groups:\n  - name: g\n    rules:\n");
    for (String rule : rules) {
      yaml.append("      - {").append(rule).append("}\n");
    }
    return new RuleGraph(TestGroup.prepare(yaml.toString()).rules());
  }

  @Test
  void knowsWhoReadsWhatARuleWrites() throws Exception {
    RuleGraph graph =
        graph(
            "record: a, expr: sum(x)",
            "record: b, expr: 'a + rate(c[1m])'",
            "alert: B, expr: 'b offset 1h > 1'",
            "record: n, expr: 'count(ALERTS{alertname=\"B\"})'",
            "record: m, expr: 'count(ALERTS{alertname=\"C\"})'");
    assertThat(graph.readersOf(0)).containsExactly(1);
    assertThat(graph.readersOf(1)).containsExactly(2);
    assertThat(graph.readersOf(2)).containsExactly(3);
    assertThat(graph.readersOf(3)).isEmpty();
  }

  @Test
  void comparesTheLabelsThatAreKnown() throws Exception {
    RuleGraph graph =
        graph(
            "record: a, expr: sum(x), labels: {team: inn}",
            "record: b, expr: 'a{team=\"inn\"}'",
            "record: c, expr: 'a{team=\"kitchen\"}'",
            "record: d, expr: 'a{other=\"x\"}'",
            "record: e, expr: '{__name__=~\"a|z\"}'");
    assertThat(graph.readersOf(0)).containsExactly(1, 3, 4);
  }

  @Test
  void findsRulesThatReadThemselves() throws Exception {
    RuleGraph graph =
        graph(
            "record: a, expr: a + 1",
            "record: b, expr: c + x",
            "record: c, expr: d",
            "record: d, expr: b",
            "record: e, expr: d",
            "record: f, expr: sum(x)");
    assertThat(graph.inCycle(0)).isTrue();
    assertThat(graph.inCycle(1)).isTrue();
    assertThat(graph.inCycle(2)).isTrue();
    assertThat(graph.inCycle(3)).isTrue();
    assertThat(graph.inCycle(4)).isFalse();
    assertThat(graph.inCycle(5)).isFalse();
  }

  @Test
  void watchesNoSelectorThatLooksBack() throws Exception {
    PreparedGroup group =
        TestGroup.prepare(
            """
            groups:
              - name: g
                rules:
                  - record: a
                    expr: x + y offset 1m + z @ 100 + rate(w[5m]) + max_over_time(v[1h:1m] offset 1h)
            """);
    assertThat(RuleReads.of(group.rules().getFirst().expr()))
        .extracting(Object::toString)
        .containsExactly("[__name__=\"x\"]", "[__name__=\"w\"]");
    assertThat(RuleReads.ofAll(group.rules().getFirst().expr())).hasSize(5);
  }
}
