package dnd.metrics.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class QuestionsTest {
  private static final Instant T = Instant.ofEpochSecond(1_795_514_400);

  private final HubDouble hub = new HubDouble();
  private final MetricsClient client = client(Duration.ofSeconds(30));

  private MetricsClient client(Duration timeout) {
    return MetricsClient.builder()
        .serviceId("dm_screen")
        .messageHub(hub)
        .queryTimeout(timeout)
        .buildWithoutThread();
  }

  private HubDouble.Got asked() {
    return hub.takePublished().get(0);
  }

  private static String result(String data) {
    return "{\"type\":\"metrics.result\",\"data\":{\"warnings\":[],\"infos\":[],\"correlation_id\":\"c\","
        + data
        + "}}";
  }

  private static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(10, TimeUnit.SECONDS);
  }

  @Test
  void vector() throws Exception {
    CompletableFuture<QueryResult> future = client.queryAsync("up");
    HubDouble.Got asked = asked();
    assertThat(asked.subject()).isEqualTo("dm_screen.metrics.query");
    assertThat(asked.text()).contains("\"query\":\"up\"").contains("\"parts\":true");
    hub.deliver(
        asked.replyTo(),
        result(
            "\"status\":\"success\",\"resultType\":\"vector\",\"result\":[{\"metric\":{\"__name__\":\"up\","
                + "\"a\":\"b\"},\"value\":[1795514400.5,\"+Inf\"]},{\"metric\":{},\"histogram\":[1795514400,"
                + "{\"count\":\"3\",\"sum\":\"4.5\",\"buckets\":[[0,\"1\",\"2\",\"3\"]]}]}]"));

    QueryResult result = get(future);
    assertThat(result.type()).isEqualTo(QueryResult.Type.VECTOR);
    assertThat(result.series().get(0).label("a")).isEqualTo("b");
    assertThat(result.series().get(0).samples())
        .containsExactly(new Sample(T.plusMillis(500), Double.POSITIVE_INFINITY));
    HistogramSample histogram =
        result.series().get(1).last().orElseThrow().histogram().orElseThrow();
    assertThat(histogram.count()).isEqualTo(3);
    assertThat(histogram.buckets()).containsExactly(new HistogramSample.Bucket(0, 1, 2, 3));
    assertThat(result.toString())
        .isEqualTo(
            "up{a=\"b\"}  Infinity @ 2026-11-24T10:00:00.500Z\n"
                + "{}  {count: 3, sum: 4.5} @ 2026-11-24T10:00:00Z");
    assertThat(hub.listeners()).isZero();
  }

  @Test
  void scalarAndString() throws Exception {
    CompletableFuture<QueryResult> scalar = client.queryAsync("1", T);
    HubDouble.Got asked = asked();
    assertThat(asked.text()).contains("\"time\":\"2026-11-24T10:00:00.000Z\"");
    hub.deliver(
        asked.replyTo(),
        result("\"status\":\"success\",\"resultType\":\"scalar\",\"result\":[1795514400,\"1\"]"));
    assertThat(get(scalar).value()).isEqualTo(1);

    CompletableFuture<QueryResult> string = client.queryAsync("'x'");
    hub.deliver(
        asked().replyTo(),
        result("\"status\":\"success\",\"resultType\":\"string\",\"result\":[1795514400,\"x\"]"));
    assertThat(get(string).text()).isEqualTo("x");
  }

  @Test
  void partsAreOneAnswer() throws Exception {
    CompletableFuture<QueryResult> future =
        client.queryRangeAsync("up", T, T.plusSeconds(30), Duration.ofSeconds(15));
    HubDouble.Got asked = asked();
    assertThat(asked.text()).contains("\"step\":\"15s\"");
    String series =
        "\"status\":\"success\",\"resultType\":\"matrix\",\"result\":[{\"metric\":{\"a\":\"b\"},\"values\":[";
    hub.deliver(asked.replyTo(), result(series + "[1795514400,\"1\"]]}],\"part\":1"));
    assertThat(future).isNotDone();
    hub.deliver(asked.replyTo(), result(series + "[1795514415,\"2\"]]}],\"part\":2,\"last\":true"));

    QueryResult result = get(future);
    assertThat(result.series())
        .singleElement()
        .satisfies(one ->
            assertThat(one.samples())
                .containsExactly(new Sample(T, 1), new Sample(T.plusSeconds(15), 2)));
    assertThat(result.value()).isEqualTo(2);
  }

  @Test
  void partThatIsMissingIsAnError() {
    CompletableFuture<QueryResult> future = client.queryAsync("up");
    hub.deliver(
        asked().replyTo(),
        result(
            "\"status\":\"success\",\"resultType\":\"vector\",\"result\":[],\"part\":2,\"last\":true"));
    assertThatThrownBy(() -> get(future))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOf(MetricsException.InvalidAnswer.class);
  }

  @Test
  void errorsOfTheService() {
    CompletableFuture<QueryResult> future = client.queryAsync("sum(");
    hub.deliver(
        asked().replyTo(),
        result(
            "\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"1:5: parse error\",\"code\":\"invalid_query\""));
    assertThatThrownBy(() -> get(future))
        .cause()
        .isInstanceOfSatisfying(
            MetricsException.QueryFailed.class,
            failed -> {
              assertThat(failed.errorType()).isEqualTo("bad_data");
              assertThat(failed.code()).isEqualTo("invalid_query");
              assertThat(failed).hasMessage("1:5: parse error");
            });
  }

  @Test
  void nobodyAnswers() {
    CompletableFuture<QueryResult> future = client.queryAsync("up");
    hub.deliver(new HubMessage(String.valueOf(asked().replyTo()), new byte[0], true));
    assertThatThrownBy(() -> get(future))
        .cause()
        .isInstanceOf(MetricsException.HubUnavailable.class);
    assertThat(hub.listeners()).isZero();

    hub.down();
    assertThatThrownBy(() -> client.query("up"))
        .isInstanceOf(MetricsException.HubUnavailable.class);
    assertThat(hub.listeners()).isZero();
  }

  @Test
  void whatTakesTooLongIsStopped() {
    MetricsClient hasty = client(Duration.ofMillis(50));
    assertThatThrownBy(() -> hasty.query("up"))
        .isInstanceOf(MetricsException.TimedOut.class)
        .hasMessageContaining("PT0.05S");
    assertThat(hub.takePublished())
        .extracting(HubDouble.Got::subject)
        .containsExactly("dm_screen.metrics.query", "dm_screen.metrics.cancel");
    assertThat(hub.listeners()).isZero();
  }

  @Test
  void whoCancelsStopsTheQuery() {
    CompletableFuture<QueryResult> future = client.queryAsync("up");
    future.cancel(true);
    assertThat(hub.takePublished())
        .extracting(HubDouble.Got::subject)
        .containsExactly("dm_screen.metrics.query", "dm_screen.metrics.cancel");
    assertThat(hub.listeners()).isZero();
  }
}
