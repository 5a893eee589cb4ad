package dnd.metrics.server.promql.exec;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class QueryReadsTest {
  private final QueryEngine engine = new QueryEngine(EngineOptions.defaults());

  private QueryReads reads(String query) {
    return engine.reads(query, 1_000_000, 2_000_000, 15_000, QueryOptions.defaults());
  }

  @Test
  void namesEverySelector() {
    assertThat(reads("sum(a{x=\"1\"}) / on() rate(b[5m] offset 1m)").selectors())
        .hasToString("[[x=\"1\", __name__=\"a\"], [__name__=\"b\"]]");
  }

  @Test
  void namesWhatInfoAdds() {
    assertThat(reads("info(a)").selectors())
        .hasToString("[[__name__=\"target_info\"], [__name__=\"a\"]]");
    assertThat(reads("info(a, {__name__=~\"b_.*\"})").selectors())
        .hasToString("[[__name__=~\"b_.*\"], [__name__=\"a\"]]");
  }

  @Test
  void movesWithStepsUnlessTimesArePinned() {
    for (String query : new String[] {"a", "rate(a[5m] offset 1h)", "max_over_time(a[5m:1m])"}) {
      assertThat(reads(query).movesWithSteps()).as(query).isTrue();
    }
    for (String query :
        new String[] {
          "a @ 1000",
          "a @ end()",
          "max_over_time(a[5m:1m] @ start())",
          "a * end()",
          "rate(a[range()])"
        }) {
      assertThat(reads(query).movesWithSteps()).as(query).isFalse();
    }
  }

  @Test
  void looksAheadWithNegativeOffsets() {
    assertThat(reads("a").aheadMillis()).isZero();
    assertThat(reads("a offset 5m").aheadMillis()).isZero();
    assertThat(reads("a offset -5m").aheadMillis()).isEqualTo(300_000);
    assertThat(reads("rate(a[1m] smoothed)").aheadMillis()).isEqualTo(300_000);
  }
}
