package dnd.metrics.server.promql.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.promql.parse.Parser;
import dnd.metrics.server.promql.parse.ParserOptions;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Plans in, plans out, as text. */
class RewritesTest {
  private static final QueryTimes TIMES = new QueryTimes(600_000, 660_000, 30_000);
  private static final long LOOKBACK = 300_000;

  private static Plan plan(String query) {
    return Planner.plan(Parser.parse(query, ParserOptions.ALL), TIMES, 60_000);
  }

  @Test
  void plannerResolvesWhatTheQuerysTimesSay() {
    assertThat(PlanText.print(plan("(x @ end()) + range() - +step()")))
        .isEqualTo(
            """
            binary -
              binary +
                select {__name__="x"} @660000
                number 60.0
              number 30.0
            """);
  }

  @Test
  void foldConstantsComputesNumbers() {
    Plan plan = plan("x * -(2 ^ 3 + 1)");
    assertThat(PlanText.print(plan)).contains("negate");
    assertThat(PlanText.print(FoldConstants.rewrite(plan)))
        .isEqualTo(
            """
            binary *
              select {__name__="x"}
              number -9.0
            """);
  }

  private static String downsampled(String query, long start, long step) {
    QueryTimes times = new QueryTimes(start, start + 10 * step, step);
    Plan plan = Planner.plan(Parser.parse(query, ParserOptions.ALL), times, 60_000);
    return PlanText.print(Downsample.rewrite(plan, times, List.of(300_000L, 3_600_000L)));
  }

  @Test
  void downsampleReadsAggregatesOfTheLongestWindowsThatRangesAreMadeOf() {
    assertThat(downsampled("sum(rate(x[2h]))", 7_200_000, 3_600_000))
        .isEqualTo(
            """
            aggregate sum
              call rate
                range 7200000 {__name__="x"} downsampled edges 3600000
            """);
    assertThat(downsampled("count_over_time(x[2h] offset 5m)", 7_200_000, 3_600_000))
        .isEqualTo(
            """
            call sum_over_time
              range 7200000 {__name__="x"} offset 300000 downsampled count 300000
            """);
    assertThat(downsampled("avg_over_time(x[10m])", 300_000, 300_000))
        .isEqualTo(
            """
            binary / one-to-one
              call sum_over_time
                range 600000 {__name__="x"} downsampled sum 300000
              call sum_over_time
                range 600000 {__name__="x"} downsampled count 300000
            """);
  }

  @Test
  void downsampleLeavesAloneWhatWouldHaveAnotherAnswer() {
    for (String query :
        List.of(
            "x",
            "rate(x[7m])",
            "rate(x[1h] offset 1m)",
            "rate(x[1h] @ 1)",
            "rate(x[1h] smoothed)",
            "stddev_over_time(x[1h])",
            "max_over_time(rate(x[1h])[2h:1h])",
            "avg_over_time({a=\"b\"}[1h])")) {
      assertThat(downsampled(query, 7_200_000, 3_600_000)).as(query).doesNotContain("downsampled");
    }
    assertThat(downsampled("rate(x[1h])", 7_200_001, 3_600_000)).doesNotContain("downsampled");
    assertThat(downsampled("rate(x[1h])", 7_200_000, 60_000)).doesNotContain("downsampled");
  }

  @Test
  void stepInvarianceWrapsAsHighAsPossible() {
    assertThat(PlanText.print(StepInvariance.rewrite(plan("x + sum(rate(y[1m] @ 5))"))))
        .isEqualTo(
            """
            binary + one-to-one
              select {__name__="x"}
              once
                aggregate sum
                  call rate
                    range 60000 {__name__="y"} @5000
            """);
  }

  @Test
  void stepInvarianceLeavesAloneWhatReadsTheTime() {
    assertThat(PlanText.print(StepInvariance.rewrite(plan("predict_linear(y[1m] @ 5, 60)"))))
        .doesNotContain("once");
    assertThat(PlanText.print(StepInvariance.rewrite(plan("timestamp(y @ 5)")))).contains("once");
  }

  @Test
  void resolveTimesTellsSelectorsWhatToSelect() {
    Plan plan = plan("x offset 1m + max_over_time(rate(y[2m])[5m:1m])");
    assertThat(PlanText.print(ResolveTimes.rewrite(plan, TIMES.grid(), LOOKBACK)))
        .isEqualTo(
            """
            binary + one-to-one
              select {__name__="x"} offset 60000 [240001, 600000]
              call max_over_time
                subquery 300000:60000
                  call rate
                    range 120000 {__name__="y"} [240001, 660000]
            """);
  }

  @Test
  void selectStatisticsLeavesBucketsAsideWhereTheyDoNotMatter() {
    assertThat(PlanText.print(SelectStatistics.rewrite(plan("histogram_sum(rate(h[1m]))"))))
        .contains("{__name__=\"h\"} statistics");
    assertThat(
            PlanText.print(
                SelectStatistics.rewrite(plan("histogram_quantile(0.9, histogram_sum(h))"))))
        .doesNotContain("statistics");
  }

  @Test
  void whatIsNotTheSamePrintsOtherwise() {
    for (String query :
        List.of(
            "sum by (a, b) (x) - on() group_left() sum by (\"a, b\") (x)",
            "sum without (a, b) (x) - on() group_left() sum without (\"a, b\") (x)",
            "sum(x * on (a, b) y) - sum(x * on (\"a, b\") y)",
            "sum(x * on (c) group_left (a, b) y) - sum(x * on (c) group_left (\"a, b\") y)",
            "sum(label_replace(x, \"d\", \"1\\\"\\n    string \\\"2\", \"3\", \"\"))"
                + " - sum(label_replace(x, \"d\", \"1\", \"2\\\"\\n    string \\\"3\", \"\"))")) {
      assertThat(PlanText.print(ShareSubplans.rewrite(plan(query), TIMES.grid())))
          .as(query)
          .doesNotContain("shared");
    }
    assertThat(PlanText.print(plan("sum by (\"a, b\", c) (x)")))
        .startsWith("aggregate sum by [\"a, b\", c]");
  }

  @Test
  void shareSubplansEvaluatesEqualAggregationsOnce() {
    Plan plan = plan("sum(x) / (sum(x) + sum(y))");
    assertThat(PlanText.print(ShareSubplans.rewrite(plan, TIMES.grid())))
        .isEqualTo(
            """
            binary / one-to-one
              shared #1
                aggregate sum
                  select {__name__="x"}
              binary + one-to-one
                shared #1
                  aggregate sum
                    select {__name__="x"}
                aggregate sum
                  select {__name__="y"}
            """);
  }
}
