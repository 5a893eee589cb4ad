package dnd.metrics.server.promql.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.promql.parse.Parser;
import dnd.metrics.server.promql.parse.ParserOptions;
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
