package dnd.metrics.server.promql.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.StaleMarker;
import dnd.metrics.server.promql.parse.SequenceValue;
import dnd.metrics.server.promql.parse.SequenceValue.FloatValue;
import dnd.metrics.server.promql.parse.SequenceValue.HistogramValue;
import dnd.metrics.server.promql.parse.SequenceValue.Omitted;
import dnd.metrics.server.promql.test.EvalCommand.ExpectedSeries;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScriptParserTest {
  @Test
  void readsLoads() {
    List<Command> commands =
        new ScriptParser(
                """
                # a comment
                load 5m
                  foo{a="b"} 1 _ 2+3x2 stale _x2 -1x1 Inf 1e3-1e2x1
                  # a comment between
                """)
            .parse();

    assertThat(commands).hasSize(1);
    LoadCommand load = (LoadCommand) commands.getFirst();
    assertThat(load.stepMillis()).isEqualTo(300_000);
    assertThat(load.customBuckets()).isFalse();
    assertThat(load.series()).hasSize(1);
    assertThat(load.series().getFirst().labels()).isEqualTo(Labels.of("__name__", "foo", "a", "b"));
    assertThat(load.series().getFirst().values())
        .isEqualTo(
            List.of(
                f(1),
                new Omitted(),
                f(2),
                f(5),
                f(8),
                f(StaleMarker.VALUE),
                new Omitted(),
                new Omitted(),
                f(-1),
                f(-1),
                f(Double.POSITIVE_INFINITY),
                f(1000),
                f(900)));
  }

  @Test
  void readsHistograms() {
    LoadCommand load =
        (LoadCommand)
            new ScriptParser(
                    """
                    load_with_nhcb 1m
                      foo {{schema:1 sum:5 count:4 buckets:[1 2 1] offset:-1}}+{{schema:1 sum:1 count:1 buckets:[1]}}x1
                      bar {{counter_reset_hint:gauge n_buckets:[-1 +2] n_offset:3 z_bucket:7 z_bucket_w:0.5}} {{}}
                    """)
                .parse()
                .getFirst();

    assertThat(load.customBuckets()).isTrue();
    List<SequenceValue> foo = load.series().getFirst().values();
    assertThat(foo.stream().map(ScriptParserTest::notation))
        .containsExactly(
            "{{schema:1 count:4 sum:5 offset:-1 buckets:[1 2 1]}} false",
            "{{schema:1 count:5 sum:6 offset:-1 buckets:[1 3 1]}} false");
    assertThat(load.series().getLast().values().stream().map(ScriptParserTest::notation))
        .containsExactly(
            "{{z_bucket:7 z_bucket_w:0.5 counter_reset_hint:gauge n_offset:3 n_buckets:[-1 2]}} true",
            "{{}} false");
  }

  @Test
  void readsStartTimes() {
    LoadCommand load =
        (LoadCommand)
            new ScriptParser(
                    """
                    load 1m
                      foo@st -1m _ 0s-30sx1
                      foo 1 2 3 4
                    """)
                .parse()
                .getFirst();

    assertThat(load.series().getFirst().startOffsets())
        .isEqualTo(List.of(f(-60_000), new Omitted(), f(0), f(-30_000)));
  }

  @Test
  void readsEvals() {
    EvalCommand eval =
        (EvalCommand)
            new ScriptParser(
                    """
                    eval instant at 1m30s topk(1, foo)
                      expect ordered
                      expect warn msg: PromQL warning: odd
                      expect info regex: a.c
                      expect no_warn
                    """
                            .replace("  expect no_warn\n", "")
                        + """
                          foo{a="2"} 2
                          foo{a="1"} {{count:1}}
                        """)
                .parse()
                .getFirst();

    assertThat(eval.query()).isEqualTo("topk(1, foo)");
    assertThat(eval.range()).isFalse();
    assertThat(eval.endMillis()).isEqualTo(90_000);
    assertThat(eval.expectations().ordered()).isTrue();
    assertThat(eval.expectations().warnings().getFirst().matches("PromQL warning: odd")).isTrue();
    assertThat(eval.expectations().infos().getFirst().matches("xabcx")).isTrue();
    assertThat(eval.expectations().infos().getFirst().matches("xacx")).isFalse();
    assertThat(eval.series().values().stream().map(ExpectedSeries::position)).containsExactly(1, 2);
  }

  @Test
  void readsRangesAndStrings() {
    List<Command> commands =
        new ScriptParser(
                """
                eval range from 0 to 10m step 5m foo
                  foo 1 2 3

                eval instant at 50m "a"
                  expect string `x"y`

                eval instant at 5m foo[5m]
                  expect range vector from 1m to 5m step 1m
                  foo 1 2 3 4 5

                eval_fail instant at 0 bad
                  expected_fail_message no
                """)
            .parse();

    EvalCommand range = (EvalCommand) commands.getFirst();
    assertThat(range.range()).isTrue();
    assertThat(range.stepMillis()).isEqualTo(300_000);
    EvalCommand string = (EvalCommand) commands.get(1);
    assertThat(string.string()).isEqualTo("x\"y");
    assertThat(string.once()).isTrue();
    EvalCommand vector = (EvalCommand) commands.get(2);
    assertThat(vector.startMillis()).isEqualTo(60_000);
    assertThat(vector.endMillis()).isEqualTo(300_000);
    EvalCommand fail = (EvalCommand) commands.get(3);
    assertThat(fail.expectations().checkFailure("no")).isEmpty();
    assertThat(fail.expectations().checkFailure("yes")).isPresent();
  }

  @Test
  void namesTheLineThatIsWrong() {
    assertWrong("\nfoo 1", "line 2: invalid command \"foo 1\"");
    assertWrong("load 5x", "line 1: invalid duration \"5x\"");
    assertWrong("load 5m\n foo 1 x", "line 2: 1:7: parse error: unexpected identifier \"x\"");
    assertWrong(
        "load 5m\n foo{a=b} 1",
        "line 2: 1:7: parse error: unexpected identifier \"b\" in label set");
    assertWrong(
        "load 5m\n foo@st 0s\n foo 1 2", "line 3: @st line has 1 values but sample line has 2");
    assertWrong("load 5m\n foo@st 0s", "@st line has no following sample line");
    assertWrong("eval instant at 5m", "line 1: invalid evaluation command");
    assertWrong("eval instant at 0 foo\n foo 1 2", "line 2: expecting multiple values");
    assertWrong(
        "eval instant at 0 foo\n expect warn\n expect no_warn", "warn and no_warn cannot be used");
    assertWrong("load 5m\n foo {{count:1 count:2}}", "duplicate key \"count\" in histogram");
    assertWrong("load 5m\n foo 1x999999999", "invalid repetition");
  }

  private static void assertWrong(String script, String message) {
    assertThatThrownBy(() -> new ScriptParser(script).parse())
        .isInstanceOf(ScriptException.class)
        .hasMessageContaining(message);
  }

  private static SequenceValue f(double value) {
    return new FloatValue(value);
  }

  private static String notation(SequenceValue value) {
    HistogramValue histogram = (HistogramValue) value;
    return histogram.histogram().toTestExpression() + " " + histogram.hintGiven();
  }
}
