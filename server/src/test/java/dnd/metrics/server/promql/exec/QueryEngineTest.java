package dnd.metrics.server.promql.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import dnd.metrics.server.model.ForwardingSource;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.model.SearchProgress;
import dnd.metrics.server.model.Series;
import dnd.metrics.server.model.SeriesSource;
import dnd.metrics.server.model.StaleMarker;
import dnd.metrics.server.promql.exec.QueryValue.MatrixSeries;
import dnd.metrics.server.promql.exec.QueryValue.MatrixValue;
import dnd.metrics.server.promql.exec.QueryValue.ScalarValue;
import dnd.metrics.server.promql.exec.QueryValue.StringValue;
import dnd.metrics.server.promql.exec.QueryValue.VectorSample;
import dnd.metrics.server.promql.exec.QueryValue.VectorValue;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class QueryEngineTest {
  private static final long MINUTE = 60_000;

  private final QueryEngine engine = new QueryEngine(EngineOptions.defaults());
  private final ArraySource source =
      new ArraySource()
          .add(
              Labels.of("__name__", "hits_total", "path", "/a"),
              MINUTE,
              new double[] {0, 60, 120, 180, 240, 300})
          .add(
              Labels.of("__name__", "hits_total", "path", "/b"),
              MINUTE,
              new double[] {0, 30, 60, 0, 30, 60})
          .add(
              Labels.of("__name__", "limit", "path", "/a"),
              MINUTE,
              new double[] {2, 2, StaleMarker.VALUE, 4});

  private QueryResult at(String query, long millis) {
    return engine.instant(source, query, millis, QueryOptions.defaults());
  }

  private List<String> vector(String query, long millis) {
    VectorValue value = (VectorValue) at(query, millis).value();
    return value.samples().stream().map(QueryEngineTest::text).sorted().toList();
  }

  private static String text(VectorSample sample) {
    return MetricNames.format(sample.labels()) + " " + sample.value();
  }

  private List<String> matrix(String query, long start, long end, long step) {
    QueryResult result = engine.range(source, query, start, end, step, QueryOptions.defaults());
    return ((MatrixValue) result.value()).series().stream().map(QueryEngineTest::text).toList();
  }

  private static String text(MatrixSeries series) {
    return MetricNames.format(series.labels())
        + " "
        + Arrays.toString(series.timestampsMillis())
        + " "
        + Arrays.toString(series.values());
  }

  @Test
  void instantSelectorTakesTheNewestSampleWithinTheLookback() {
    assertThat(vector("hits_total", 5 * MINUTE))
        .containsExactly("hits_total{path=\"/a\"} 300.0", "hits_total{path=\"/b\"} 60.0");
    assertThat(vector("hits_total{path=\"/a\"}", 10 * MINUTE - 1))
        .containsExactly("hits_total{path=\"/a\"} 300.0");
    assertThat(vector("hits_total{path=\"/a\"}", 10 * MINUTE)).isEmpty();
    assertThat(vector("hits_total{path=\"/a\"} offset 4m", 5 * MINUTE))
        .containsExactly("hits_total{path=\"/a\"} 60.0");
    assertThat(vector("hits_total{path=\"/a\"} @ 120", 5 * MINUTE))
        .containsExactly("hits_total{path=\"/a\"} 120.0");
  }

  @Test
  void staleMarkerEndsTheSeries() {
    assertThat(matrix("limit", 0, 9 * MINUTE, MINUTE))
        .containsExactly(
            "limit{path=\"/a\"} [0, 60000, 180000, 240000, 300000, 360000, 420000]"
                + " [2.0, 2.0, 4.0, 4.0, 4.0, 4.0, 4.0]");
  }

  @Test
  void rateMakesUpForResets() {
    // 60 a minute over the whole range, nothing to extrapolate but to the ends.
    assertThat(vector("rate(hits_total{path=\"/a\"}[5m])", 5 * MINUTE))
        .containsExactly("{path=\"/a\"} 1.0");
    // 30 60 | 0 30 60: 30 up, the 60 before the reset, 60 up from 0 ... of 4 minutes sampled.
    assertThat(vector("increase(hits_total{path=\"/b\"}[5m])", 5 * MINUTE))
        .containsExactly("{path=\"/b\"} 112.5");
  }

  @Test
  void sumByGroupsSeries() {
    assertThat(matrix("sum(hits_total)", 4 * MINUTE, 5 * MINUTE, MINUTE))
        .containsExactly("{} [240000, 300000] [270.0, 360.0]");
    assertThat(vector("count by (path) (hits_total)", MINUTE))
        .containsExactly("{path=\"/a\"} 1.0", "{path=\"/b\"} 1.0");
  }

  @Test
  void binaryOperatorsMatchByLabels() {
    assertThat(vector("hits_total / on (path) limit", MINUTE))
        .containsExactly("{path=\"/a\"} 30.0");
    assertThat(vector("hits_total > 50", MINUTE)).containsExactly("hits_total{path=\"/a\"} 60.0");
    assertThat(vector("hits_total unless on (path) limit", MINUTE))
        .containsExactly("hits_total{path=\"/b\"} 30.0");
  }

  @Test
  void topKeepsTheBestInOrder() {
    VectorValue value = (VectorValue) at("topk(2, hits_total)", 5 * MINUTE).value();
    assertThat(value.samples())
        .extracting(QueryEngineTest::text)
        .containsExactly("hits_total{path=\"/a\"} 300.0", "hits_total{path=\"/b\"} 60.0");
  }

  @Test
  void subqueriesHaveTheirOwnSteps() {
    assertThat(vector("max_over_time(rate(hits_total[1m:30s])[2m:1m])", 5 * MINUTE)).hasSize(2);
    assertThat(vector("count_over_time(hits_total{path=\"/a\"}[4m:2m])", 5 * MINUTE))
        .containsExactly("{path=\"/a\"} 2.0");
  }

  @Test
  void literalsAndTime() {
    assertThat(at("1 + 2 * 3", 5000).value()).isEqualTo(new ScalarValue(5000, 7));
    assertThat(at("time()", 5500).value()).isEqualTo(new ScalarValue(5500, 5.5));
    assertThat(at("\"x\"", 5000).value()).isEqualTo(new StringValue(5000, "x"));
  }

  @Test
  void errorsHavePrometheusTypesAndTexts() {
    assertThatThrownBy(() -> at("sum(", 0))
        .isInstanceOfSatisfying(
            QueryException.class,
            e -> assertThat(e.type()).isEqualTo(QueryException.Type.BAD_DATA));
    assertThatThrownBy(() -> matrix("hits_total[5m]", 0, MINUTE, MINUTE))
        .hasMessage(
            "invalid expression type \"range vector\" for range query, must be Scalar or instant"
                + " Vector");
    assertThatThrownBy(() -> at("hits_total + on () hits_total", MINUTE))
        .hasMessageContaining("many-to-many matching not allowed");
    assertThat(engine.running()).isEmpty();
  }

  @Test
  void limitsStopQueries() {
    QueryOptions few = QueryOptions.defaults().withSampleLimit(1);
    assertThatThrownBy(() -> engine.instant(source, "hits_total", MINUTE, few))
        .hasMessage("query processing would load too many samples into memory in query execution");
  }

  @Test
  void sharedAggregationsAreReadOnce() {
    assertThat(vector("sum(hits_total) / (sum(hits_total) + 90)", 4 * MINUTE))
        .containsExactly("{} 0.75");
    long once = at("sum(hits_total)", 4 * MINUTE).statistics().samplesRead();
    assertThat(at("sum(hits_total) / sum(hits_total)", 4 * MINUTE).statistics().samplesRead())
        .isEqualTo(once);
  }

  @Test
  void memoryLimitsAreToldByName() {
    QueryOptions tiny = QueryOptions.defaults().withMemoryLimitBytes(100);
    assertThatThrownBy(() -> engine.range(source, "hits_total", 0, 60 * MINUTE, MINUTE, tiny))
        .isInstanceOfSatisfying(
            QueryException.class,
            e -> assertThat(e.type()).isEqualTo(QueryException.Type.TOO_LARGE))
        .hasMessage("query needs more memory than a query may use (100 bytes)");
  }

  @Test
  void aQueryIsListedAndCancelledByItsId() {
    QueryOptions named = QueryOptions.defaults().withId("mine");
    SeriesSource cancelling =
        new CancellingSource(
            source,
            () -> {
              assertThat(engine.running())
                  .extracting(RunningQuery::id, RunningQuery::query)
                  .containsExactly(org.assertj.core.groups.Tuple.tuple("mine", "hits_total"));
              assertThat(engine.cancel("mine")).isPresent();
            });
    assertThatThrownBy(() -> engine.instant(cancelling, "hits_total", MINUTE, named))
        .isInstanceOfSatisfying(
            QueryException.class,
            e -> assertThat(e.type()).isEqualTo(QueryException.Type.CANCELED));
    assertThat(engine.running()).isEmpty();
    assertThat(engine.cancel("mine")).isEmpty();
  }

  @Test
  void aQueryEndsAtItsDeadline() {
    QueryOptions brief = QueryOptions.defaults().withTimeoutMillis(1);
    SeriesSource slow =
        new CancellingSource(
            source,
            () -> {
              long until = System.nanoTime() + 2_000_000;
              while (System.nanoTime() < until) {
                Thread.onSpinWait();
              }
            });
    assertThatThrownBy(() -> engine.instant(slow, "hits_total", MINUTE, brief))
        .isInstanceOfSatisfying(
            QueryException.class, e -> assertThat(e.type()).isEqualTo(QueryException.Type.TIMEOUT));
  }

  @Test
  void anAnnotationOfBothSidesNamesTheRightOne() {
    for (String op : List.of("+ on (path)", "and", "unless", "or")) {
      String query = "rate(limit[5m]) " + op + " rate(limit[4m])";
      assertThat(at(query, 4 * MINUTE).annotations().infos())
          .containsExactly(
              "PromQL info: metric might not be a counter, name does not end in"
                  + " _total/_sum/_count/_bucket: \"limit\" (1:"
                  + (query.lastIndexOf("limit") + 1)
                  + ")");
    }
    String nested = "(rate(limit[5m]) and rate(limit[4m])) and hits_total";
    assertThat(at(nested, 4 * MINUTE).annotations().infos())
        .singleElement(STRING)
        .endsWith("(1:" + (nested.lastIndexOf("limit") + 1) + ")");
  }

  @Test
  void explainPrintsThePlan() {
    assertThat(
            engine.explain("sum(rate(x[5m] @ 10)) + 1", 0, MINUTE, 1000, QueryOptions.defaults()))
        .isEqualTo(
            """
            once
              binary +
                aggregate sum
                  call rate
                    range 300000 {__name__="x"} @10000 [-289999, 10000]
                number 1.0
            """);
  }

  /** Does something when series are selected. */
  private record CancellingSource(SeriesSource source, Runnable onSelect)
      implements ForwardingSource {
    @Override
    public List<? extends Series> select(
        List<Matcher> matchers, long from, long to, SearchProgress progress) {
      onSelect.run();
      return source.select(matchers, from, to, progress);
    }
  }
}
