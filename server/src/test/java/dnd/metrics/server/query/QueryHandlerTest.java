package dnd.metrics.server.query;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.head.MetricMetadata;
import dnd.metrics.server.hub.RecordingHub;
import dnd.metrics.server.model.ForwardingSource;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.model.NamelessSource;
import dnd.metrics.server.model.SampleReader;
import dnd.metrics.server.model.SearchProgress;
import dnd.metrics.server.model.Series;
import dnd.metrics.server.model.SeriesSource;
import dnd.metrics.server.promql.exec.EngineOptions;
import dnd.metrics.server.promql.exec.QueryEngine;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class QueryHandlerTest {
  private final RecordingHub hub = new RecordingHub(1 << 20);
  private final AtomicLong nowMillis =
      new AtomicLong(Instant.parse("2026-11-24T10:00:00Z").toEpochMilli());
  private QueryHandler handler;

  /** Three series without samples. */
  private static final class FewSeries implements SeriesSource {
    private static final List<Labels> ALL =
        List.of(
            Labels.of("__name__", "up", "service", "shop"),
            Labels.of("__name__", "up", "service", "bank"),
            Labels.of("__name__", "load", "host", "a"));

    private List<Labels> matching(List<Matcher> matchers) {
      return ALL.stream().filter(l -> Matcher.allMatch(matchers, l)).toList();
    }

    @Override
    public List<? extends Series> select(List<Matcher> matchers, long from, long to) {
      return matching(matchers).stream()
          .map(labels ->
              new Series() {
                @Override
                public Labels labels() {
                  return labels;
                }

                @Override
                public SampleReader read(long fromMillis, long toMillis) {
                  return batch -> {
                    batch.clear();
                    return false;
                  };
                }
              })
          .toList();
    }

    @Override
    public List<String> labelNames(List<Matcher> matchers, long from, long to) {
      TreeSet<String> names = new TreeSet<>();
      matching(matchers).forEach(l -> l.forEach((name, value) -> names.add(name)));
      return List.copyOf(names);
    }

    @Override
    public List<String> labelValues(String name, List<Matcher> matchers, long from, long to) {
      TreeSet<String> values = new TreeSet<>();
      matching(matchers).stream().filter(l -> l.has(name)).forEach(l -> values.add(l.get(name)));
      return List.copyOf(values);
    }
  }

  /** Says that all is in memory, and how often and on which thread series are looked for. */
  private static final class MemorySeries implements ForwardingSource {
    private final List<Thread> searches = new CopyOnWriteArrayList<>();
    private final SeriesSource few = new FewSeries();
    private final int copies;

    MemorySeries(int copies) {
      this.copies = copies;
    }

    @Override
    public SeriesSource source() {
      return few;
    }

    @Override
    public boolean isInMemory(long fromMillis, long toMillis) {
      return true;
    }

    @Override
    public List<? extends Series> select(
        List<Matcher> matchers, long from, long to, SearchProgress progress) {
      searches.add(Thread.currentThread());
      return Stream.generate(() -> few.select(matchers, from, to, progress))
          .limit(copies)
          .<Series>flatMap(List::stream)
          .toList();
    }
  }

  @BeforeEach
  void start() {
    handler = handler(new FewSeries(), QueryLimits.DEFAULT);
  }

  private QueryHandler handler(SeriesSource source, QueryLimits limits) {
    QueryHandler made =
        new QueryHandler(
            hub,
            source,
            () -> Map.of("up", new MetricMetadata("gauge", "Whether it is up.", "")),
            (selectors, listener) -> () -> {},
            new QueryEngine(EngineOptions.defaults()),
            limits,
            () -> Instant.ofEpochMilli(nowMillis.get()));
    made.start();
    return made;
  }

  @AfterEach
  void stop() {
    handler.close();
  }

  private JsonNode ask(String type, String data) throws InterruptedException {
    hub.deliver("shop." + type, "_INBOX.7", "{\"type\":\"" + type + "\",\"data\":" + data + "}");
    RecordingHub.Published answer = hub.next();
    assertThat(answer.subject()).isEqualTo("_INBOX.7");
    assertThat(answer.json().get("type").stringValue()).isEqualTo("metrics.result");
    return answer.data();
  }

  private List<Thread> searchesOf(String query, int copies) throws InterruptedException {
    MemorySeries source = new MemorySeries(copies);
    askOf(source, query);
    return source.searches;
  }

  private void askOf(SeriesSource source, String query) throws InterruptedException {
    handler.close();
    handler = handler(source, QueryLimits.DEFAULT);
    JsonNode data = ask("metrics.query", "{\"query\":\"" + query + "\",\"correlation_id\":\"q\"}");
    assertThat(data.get("status").stringValue()).isEqualTo("success");
    assertThat(data.get("correlation_id").stringValue()).isEqualTo("q");
    Awaitility.await()
        .pollInterval(Duration.ofMillis(1))
        .atMost(Duration.ofMinutes(1))
        .until(() -> handler.open() == 0);
  }

  @Test
  void aQuickQueryIsAnsweredOnTheThreadThatReadIt() throws InterruptedException {
    // Where the machine is busy, or the code not compiled yet, a search is given up and begun again
    // on another thread.
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
    List<Thread> searches;
    do {
      searches = searchesOf("up", 1);
    } while (!searches.equals(List.of(Thread.currentThread())) && System.nanoTime() < end);
    assertThat(searches).containsExactly(Thread.currentThread());
  }

  @Test
  void aQueryOfManySeriesIsAnsweredOnAnotherThread() throws InterruptedException {
    assertThat(searchesOf("count(up)", 9).getLast()).isNotEqualTo(Thread.currentThread());
  }

  /** Says that all is in memory; what one thread reads of it takes that one long. */
  private record SlowToRead(SeriesSource source, Thread slow, List<Thread> readers)
      implements ForwardingSource {
    private static final long LONG_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    @Override
    public boolean isInMemory(long fromMillis, long toMillis) {
      return true;
    }

    @Override
    public List<? extends Series> select(
        List<Matcher> matchers, long from, long to, SearchProgress progress) {
      return source.select(matchers, from, to, progress).stream().map(this::slow).toList();
    }

    private Series slow(Series series) {
      return new Series() {
        @Override
        public Labels labels() {
          return series.labels();
        }

        @Override
        public SampleReader read(long fromMillis, long toMillis) {
          readers.add(Thread.currentThread());
          long end = System.nanoTime() + LONG_NANOS;
          while (Thread.currentThread() == slow && System.nanoTime() < end) {
            Thread.onSpinWait();
          }
          return series.read(fromMillis, toMillis);
        }
      };
    }
  }

  @Test
  void aQueryThatComputesLongIsAnsweredOnAnotherThread() throws InterruptedException {
    Thread here = Thread.currentThread();
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
    List<Thread> readers;
    do { // as long as its search is given up already
      readers = new CopyOnWriteArrayList<>();
      askOf(new SlowToRead(new FewSeries(), here, readers), "count(up)");
    } while (!readers.contains(here) && System.nanoTime() < end);
    assertThat(readers).hasSize(3).startsWith(here); // the first of two; then both again
    assertThat(readers.subList(1, 3)).doesNotContain(here);
  }

  @Test
  void samplesAsTheyWereCollectedAreAnsweredOnAnotherThread() throws InterruptedException {
    assertThat(searchesOf("up[5m]", 1).getLast()).isNotEqualTo(Thread.currentThread());
  }

  @Test
  void aSubqueryIsNotThoughtToBeQuick() throws InterruptedException {
    assertThat(searchesOf("count(max_over_time(up[5m:1m]))", 1))
        .isNotEmpty()
        .doesNotContain(Thread.currentThread());
  }

  @Test
  void answersSeries() throws InterruptedException {
    JsonNode data = ask("metrics.series", "{\"match\":[\"up\"],\"correlation_id\":\"c\"}");
    assertThat(data.get("status").stringValue()).isEqualTo("success");
    assertThat(data.get("result").toString())
        .isEqualTo(
            "[{\"__name__\":\"up\",\"service\":\"bank\"},{\"__name__\":\"up\",\"service\":\"shop\"}]");
    assertThat(data.get("correlation_id").stringValue()).isEqualTo("c");
  }

  @Test
  void answersSeriesOfSeveralSelectorsOnceEach() throws InterruptedException {
    JsonNode data =
        ask("metrics.series", "{\"match\":[\"up\",\"{service=~\\\"shop|x\\\"}\",\"load\"]}");
    assertThat(data.get("result")).hasSize(3);
  }

  @Test
  void cutsAtTheLimitAndWarns() throws InterruptedException {
    JsonNode data = ask("metrics.series", "{\"match\":[\"up\"],\"limit\":1}");
    assertThat(data.get("result")).hasSize(1);
    assertThat(data.get("warnings").toString()).isEqualTo("[\"results truncated due to limit\"]");
  }

  @Test
  void answersLabelsAndTheirValues() throws InterruptedException {
    assertThat(ask("metrics.labels", "{}").get("result").toString())
        .isEqualTo("[\"__name__\",\"host\",\"service\"]");
    assertThat(ask("metrics.labels", "{\"match\":\"load\"}").get("result").toString())
        .isEqualTo("[\"__name__\",\"host\"]");
    assertThat(
            ask("metrics.label_values", "{\"label\":\"service\",\"match\":[\"up\",\"load\"]}")
                .get("result")
                .toString())
        .isEqualTo("[\"bank\",\"shop\"]");
  }

  @Test
  void answersMetadata() throws InterruptedException {
    assertThat(ask("metrics.metadata", "{}").get("result").toString())
        .isEqualTo("{\"up\":[{\"type\":\"gauge\",\"help\":\"Whether it is up.\",\"unit\":\"\"}]}");
    assertThat(ask("metrics.metadata", "{\"metric\":\"other\"}").get("result").toString())
        .isEqualTo("{}");
  }

  @Test
  void answersParseWithTheTree() throws InterruptedException {
    JsonNode data = ask("metrics.parse", "{\"query\":\"sum by (a) (rate(x{b!='c'}[5m]))\"}");
    JsonNode tree = data.get("result");
    assertThat(tree.get("type").stringValue()).isEqualTo("aggregation");
    assertThat(tree.get("grouping").toString()).isEqualTo("[\"a\"]");
    JsonNode selector = tree.get("expr").get("args").get(0);
    assertThat(selector.get("type").stringValue()).isEqualTo("matrixSelector");
    assertThat(selector.get("range").intValue()).isEqualTo(300_000);
    assertThat(selector.get("matchers").get(0).toString())
        .isEqualTo("{\"name\":\"b\",\"value\":\"c\",\"type\":\"!=\"}");
  }

  @Test
  void parseErrorsSayWhere() throws InterruptedException {
    JsonNode data = ask("metrics.parse", "{\"query\":\"sum(\"}");
    assertThat(data.get("status").stringValue()).isEqualTo("error");
    assertThat(data.get("errorType").stringValue()).isEqualTo("bad_data");
    assertThat(data.get("code").stringValue()).isEqualTo("invalid_query");
    assertThat(data.get("error").stringValue())
        .startsWith("invalid parameter \"query\": 1:5: parse error: ");
    assertThat(data.get("position").get("start").intValue()).isEqualTo(4);
  }

  @Test
  void selectorsThatMatchEverythingAreRefused() throws InterruptedException {
    JsonNode data = ask("metrics.series", "{\"match\":[\"{a=\\\"\\\"}\"]}");
    assertThat(data.get("code").stringValue()).isEqualTo("invalid_matcher");
  }

  @Test
  void errorsHavePrometheusWords() throws InterruptedException {
    JsonNode end = ask("metrics.query", "{\"query\":\"up\",\"start\":10,\"end\":5,\"step\":1}");
    assertThat(end.get("error").stringValue())
        .isEqualTo("invalid parameter \"end\": end timestamp must not be before start time");
    JsonNode step = ask("metrics.query", "{\"query\":\"up\",\"start\":1,\"end\":5,\"step\":0}");
    assertThat(step.get("error").stringValue())
        .isEqualTo(
            "invalid parameter \"step\": zero or negative query resolution step widths are not"
                + " accepted. Try a positive integer");
    JsonNode many = ask("metrics.query", "{\"query\":\"up\",\"start\":0,\"end\":99999,\"step\":1}");
    assertThat(many.get("error").stringValue())
        .isEqualTo(
            "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query"
                + " resolution (?step=XX)");
    assertThat(many.get("class").stringValue()).isEqualTo("user");
  }

  @Test
  void liveQueriesMayNotHaveMoreStepsThanOthers() throws InterruptedException {
    JsonNode data =
        ask("metrics.query", "{\"query\":\"up\",\"live\":true,\"start\":0,\"end\":60,\"step\":1}");
    assertThat(data.get("code").stringValue()).isEqualTo("too_many_points");
  }

  @Test
  void aQueryStopsWhenItsAskerLeaves() throws InterruptedException {
    handler.close();
    CountDownLatch asked = new CountDownLatch(1);
    AtomicLong series = new AtomicLong();
    handler = handler(new EndlessSource(asked, series), QueryLimits.DEFAULT);
    hub.deliver("shop.metrics.query", "_INBOX.1", query("endless"));
    asked.await();
    JsonNode entry = ask("metrics.queries", "{}").get("result").get(0);
    assertThat(entry.get("correlation_id").stringValue()).isEqualTo("endless");
    assertThat(entry.get("state").stringValue()).isEqualTo("running");
    hub.left.add("_INBOX.1");
    Awaitility.await()
        .atMost(Duration.ofMinutes(1)) // a busy machine needs its time
        .until(() -> ask("metrics.queries", "{}").get("result").isEmpty());
    assertThat(hub.published).isEmpty(); // nobody was told
  }

  /** A source that finds more series than a query gets through in seconds. */
  private record EndlessSource(CountDownLatch asked, AtomicLong read) implements NamelessSource {
    @Override
    public List<? extends Series> select(List<Matcher> matchers, long from, long to) {
      asked.countDown();
      Series one = new FewSeries().select(List.of(), from, to).getFirst();
      return new java.util.AbstractList<Series>() {
        @Override
        public Series get(int index) {
          read.incrementAndGet();
          return one;
        }

        @Override
        public int size() {
          return 10_000_000;
        }
      };
    }
  }

  @Test
  void cancellingWhatDoesNotRunSaysSo() throws InterruptedException {
    JsonNode data = ask("metrics.cancel", "{\"correlation_id\":\"c\"}");
    assertThat(data.get("result").toString()).isEqualTo("{\"canceled\":0}");
    assertThat(ask("metrics.cancel", "{}").get("code").stringValue()).isEqualTo("missing_field");
  }

  @Test
  void withoutReplySubjectAnswersGoToTheServicesOwn() throws InterruptedException {
    hub.deliver("bank.metrics.labels", null, "{\"type\":\"metrics.labels\",\"data\":{}}");
    RecordingHub.Published answer = hub.next();
    assertThat(answer.subject()).isEqualTo("bank.metrics.result");
    assertThat(answer.data().get("correlation_id").stringValue()).isNotEmpty();
  }

  @Test
  void theTypeMustBeTheSubjects() throws InterruptedException {
    hub.deliver("a.metrics.query", "r", "{\"type\":\"metrics.push\",\"data\":{}}");
    assertThat(hub.next().data().get("code").stringValue()).isEqualTo("unknown_event_type");
  }

  @Test
  void answersQueriesWithStatisticsWhereAskedFor() throws InterruptedException {
    JsonNode scalar = ask("metrics.query", "{\"query\":\"1 + 1\",\"time\":5,\"stats\":true}");
    assertThat(scalar.get("resultType").stringValue()).isEqualTo("scalar");
    assertThat(scalar.get("result").toString()).isEqualTo("[5,\"2\"]");
    assertThat(scalar.get("stats").get("timings").has("innerEvalTime")).isTrue();
    JsonNode range =
        ask(
            "metrics.query",
            "{\"query\":\"vector(time())\",\"start\":0,\"end\":\"1970-01-01T00:00:20Z\",\"step\":\"10s\"}");
    assertThat(range.get("resultType").stringValue()).isEqualTo("matrix");
    assertThat(range.get("result").get(0).get("values").toString())
        .isEqualTo("[[0,\"0\"],[10,\"10\"],[20,\"20\"]]");
    assertThat(range.has("stats")).isFalse();
  }

  @Test
  void wrongQueriesSayWhere() throws InterruptedException {
    JsonNode data = ask("metrics.query", "{\"query\":\"sum(rate(x))\"}");
    assertThat(data.get("errorType").stringValue()).isEqualTo("bad_data");
    assertThat(data.get("error").stringValue())
        .startsWith("invalid parameter \"query\": 1:10: parse error: expected type range vector");
    assertThat(data.get("position").get("start").intValue()).isEqualTo(9);
  }

  /** A source whose first question waits to be let go. */
  private static final class SlowSource implements ForwardingSource {
    final CountDownLatch asked = new CountDownLatch(1);
    final CountDownLatch letGo = new CountDownLatch(1);
    private final SeriesSource few = new FewSeries();

    @Override
    public SeriesSource source() {
      return few;
    }

    @Override
    public List<? extends Series> select(
        List<Matcher> matchers, long from, long to, SearchProgress progress) {
      asked.countDown();
      try {
        letGo.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return few.select(matchers, from, to, progress);
    }
  }

  private static String query(String correlationId) {
    return "{\"type\":\"metrics.query\",\"data\":{\"query\":\"sum(up)\",\"correlation_id\":\""
        + correlationId
        + "\"}}";
  }

  private static String cancel(String correlationId) {
    return "{\"type\":\"metrics.cancel\",\"data\":{\"correlation_id\":\"" + correlationId + "\"}}";
  }

  private RecordingHub.Published answerTo(String replyTo) throws InterruptedException {
    RecordingHub.Published answer = hub.next();
    assertThat(answer.subject()).isEqualTo(replyTo);
    return answer;
  }

  @Test
  void queriesThatWaitOrRunCanBeCancelledByTheirAskerOnly() throws InterruptedException {
    handler.close();
    SlowSource slow = new SlowSource();
    handler = handler(slow, new QueryLimits(1, 2, 30_000, 30_000, 11_000));
    hub.deliver("shop.metrics.query", "running", query("r"));
    slow.asked.await();
    hub.deliver("shop.metrics.query", "waiting", query("w"));
    hub.deliver("shop.metrics.query", "waiting2", query("w2"));
    hub.deliver("shop.metrics.query", "refused", query("x"));
    JsonNode refused = answerTo("refused").data();
    assertThat(refused.get("code").stringValue()).isEqualTo("too_many_queries");
    assertThat(refused.get("class").stringValue()).isEqualTo("resources");
    assertThat(refused.get("errorType").stringValue()).isEqualTo("unavailable");

    hub.deliver("bank.metrics.cancel", "cancel", cancel("r"));
    assertThat(answerTo("cancel").data().get("result").toString()).isEqualTo("{\"canceled\":0}");
    for (String id : List.of("r", "w")) {
      hub.deliver("shop.metrics.cancel", "cancel", cancel(id));
      assertThat(answerTo("cancel").data().get("result").toString()).isEqualTo("{\"canceled\":1}");
    }
    slow.letGo.countDown();
    JsonNode running = answerTo("running").data();
    assertThat(running.get("errorType").stringValue()).isEqualTo("canceled");
    assertThat(running.get("correlation_id").stringValue()).isEqualTo("r");
    assertThat(answerTo("waiting").data().get("error").stringValue())
        .isEqualTo("query was canceled in query queue");
    assertThat(answerTo("waiting2").data().get("status").stringValue()).isEqualTo("success");
  }

  @Test
  void aQueryThatWaitedTooLongTimesOut() throws InterruptedException {
    handler.close();
    SlowSource slow = new SlowSource();
    handler = handler(slow, new QueryLimits(1, 2, 30_000, 30_000, 11_000));
    hub.deliver("shop.metrics.query", "running", query("r"));
    slow.asked.await();
    hub.deliver("shop.metrics.query", "waiting", query("w"));
    nowMillis.addAndGet(31_000);
    slow.letGo.countDown();
    assertThat(answerTo("running").data().get("status").stringValue()).isEqualTo("success");
    JsonNode late = answerTo("waiting").data();
    assertThat(late.get("errorType").stringValue()).isEqualTo("timeout");
    assertThat(late.get("error").stringValue()).isEqualTo("query timed out in query queue");
  }

  /** Whatever comes in, one answer goes out. */
  @Test
  void noInputIsLeftWithoutAnAnswer() throws InterruptedException {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    List<String> types =
        List.of(
            "metrics.query",
            "metrics.cancel",
            "metrics.series",
            "metrics.labels",
            "metrics.label_values",
            "metrics.metadata",
            "metrics.parse");
    String[] events = {
      "{\"type\":\"T\",\"data\":{\"query\":\"sum by (a) (rate(x[5m]))\",\"start\":1,\"end\":5,"
          + "\"step\":\"1s\",\"correlation_id\":\"c\",\"parts\":true,\"limit\":3,\"timeout\":\"5s\"}}",
      "{\"type\":\"T\",\"data\":{\"match\":[\"up\",\"{a=~\\\"b.*\\\"}\"],\"label\":\"a\","
          + "\"metric\":\"up\",\"limit\":1}}",
    };
    for (int round = 0; round < 3000; round++) {
      String type = types.get(random.nextInt(types.size()));
      byte[] event =
          events[random.nextInt(events.length)].replace("T", type).getBytes(StandardCharsets.UTF_8);
      int changes = random.nextInt(4);
      for (int i = 0; i < changes; i++) {
        int at = random.nextInt(event.length);
        switch (random.nextInt(3)) {
          case 0 -> event[at] = (byte) random.nextInt(256);
          case 1 -> event = java.util.Arrays.copyOf(event, at + 1);
          default -> event[at] = (byte) "{}[]\",:\\0-e9un".charAt(random.nextInt(14));
        }
      }
      hub.deliver("s." + type, "r", event);
      RecordingHub.Published answer = hub.next();
      assertThat(answer.subject()).as("seed %d, round %d", seed, round).isEqualTo("r");
      String status = answer.data().get("status").stringValue();
      assertThat(status).as("seed %d, round %d", seed, round).isIn("success", "error");
      assertThat(answer.data().has("correlation_id")).isTrue();
    }
    assertThat(hub.published).as("seed %d: one answer each", seed).isEmpty();
  }
}
