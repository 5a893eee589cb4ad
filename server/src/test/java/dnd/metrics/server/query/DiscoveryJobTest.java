package dnd.metrics.server.query;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.hub.RecordingHub;
import dnd.metrics.server.model.EndlessSearch;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.model.NamelessSource;
import dnd.metrics.server.model.SampleReader;
import dnd.metrics.server.model.SearchProgress;
import dnd.metrics.server.model.Series;
import dnd.metrics.server.model.SeriesSource;
import dnd.metrics.server.model.UnreadableSamplesException;
import dnd.metrics.server.promql.exec.EngineOptions;
import dnd.metrics.server.promql.exec.QueryEngine;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What is asked of series and labels has the limits of a query. */
@Timeout(120)
class DiscoveryJobTest {
  private static final long LONG_MILLIS = 110_000;
  private static final int MEMORY_BYTES = 100_000;

  private final RecordingHub hub = new RecordingHub(1 << 20);
  private final List<QueryHandler> handlers = new ArrayList<>();

  /** Searches that do not end by themselves, those of labels too. */
  private static final class Endless implements NamelessSource {
    private final SeriesSource search = new EndlessSearch();
    private final CountDownLatch begun = new CountDownLatch(1);

    @Override
    public List<? extends Series> select(List<Matcher> matchers, long from, long to) {
      throw new AssertionError("a search that cannot be stopped");
    }

    @Override
    public List<? extends Series> select(
        List<Matcher> matchers, long from, long to, SearchProgress progress) {
      begun.countDown();
      return search.select(matchers, from, to, progress);
    }

    @Override
    public List<String> labelNames(
        List<Matcher> matchers, long from, long to, SearchProgress progress) {
      select(matchers, from, to, progress);
      return List.of();
    }

    @Override
    public List<String> labelValues(
        String name, List<Matcher> matchers, long from, long to, SearchProgress progress) {
      select(matchers, from, to, progress);
      return List.of();
    }
  }

  /** So many series, which take some memory each. */
  private record Many(int count) implements NamelessSource {
    private record Heavy(Labels labels) implements Series {
      @Override
      public long selectedBytes() {
        return 1000;
      }

      @Override
      public SampleReader read(long fromMillis, long toMillis) {
        throw new AssertionError("nobody asked for samples");
      }
    }

    @Override
    public List<? extends Series> select(List<Matcher> matchers, long from, long to) {
      List<Series> all = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        all.add(new Heavy(Labels.of("__name__", "up", "i", "" + i)));
      }
      return all;
    }
  }

  /** Blocks that cannot be read: an error where all series are asked for, not for labels. */
  private static final class Unreadable implements NamelessSource {
    private static UnreadableSamplesException damaged() {
      return new UnreadableSamplesException("index is damaged at byte 7");
    }

    @Override
    public List<? extends Series> select(List<Matcher> matchers, long from, long to) {
      throw damaged();
    }

    @Override
    public List<String> labelNames(
        List<Matcher> matchers, long from, long to, SearchProgress progress) {
      progress.leftOut(damaged());
      progress.leftOut(damaged());
      return List.of("a");
    }
  }

  private QueryHandler handler(SeriesSource source, long timeoutMillis) {
    EngineOptions defaults = EngineOptions.defaults();
    EngineOptions options =
        new EngineOptions(
            defaults.timeoutMillis(),
            defaults.lookbackMillis(),
            MEMORY_BYTES,
            10 * MEMORY_BYTES,
            defaults.sampleLimit(),
            defaults.subqueryStepMillis(),
            defaults.clock());
    QueryHandler handler =
        new QueryHandler(
            hub,
            source,
            Map::of,
            (selectors, listener) -> () -> {},
            new QueryEngine(options),
            new QueryLimits(4, 100, timeoutMillis, LONG_MILLIS, 11_000),
            InstantSource.system());
    handlers.add(handler);
    handler.start();
    return handler;
  }

  @AfterEach
  void stop() {
    handlers.forEach(QueryHandler::close);
  }

  private void send(String type, String replyTo, String data) {
    hub.deliver("shop." + type, replyTo, "{\"type\":\"%s\",\"data\":%s}".formatted(type, data));
  }

  private JsonNode ask(String type, String data) throws InterruptedException {
    send(type, "_INBOX.7", data);
    return answerTo("_INBOX.7");
  }

  private JsonNode answerTo(String replyTo) throws InterruptedException {
    RecordingHub.Published answer = hub.next();
    assertThat(answer.subject()).isEqualTo(replyTo);
    return answer.data();
  }

  private static final String QUESTION =
      "{\"match\":[\"up\",\"load\"],\"label\":\"i\",\"correlation_id\":\"d\"}";

  @ParameterizedTest
  @ValueSource(strings = {"metrics.series", "metrics.labels", "metrics.label_values"})
  void itEndsWhenItsTimeIsOver(String type) throws InterruptedException {
    handler(new Endless(), 50);
    JsonNode data = ask(type, QUESTION);
    assertThat(data.get("errorType").stringValue()).isEqualTo("timeout");
    assertThat(data.get("error").stringValue())
        .isEqualTo("query timed out in the search for series");
  }

  @Test
  void itIsListedAndCanBeCancelled() throws InterruptedException {
    Endless endless = new Endless();
    handler(endless, LONG_MILLIS);
    send("metrics.label_values", "waiting", QUESTION);
    endless.begun.await();
    JsonNode entry = ask("metrics.queries", "{}").get("result").get(0);
    assertThat(entry.get("query").stringValue()).isEqualTo("metrics.label_values i up load");
    assertThat(entry.get("state").stringValue()).isEqualTo("running");
    send("metrics.cancel", "cancel", "{\"correlation_id\":\"d\"}");
    List<RecordingHub.Published> ended = List.of(hub.next(), hub.next()); // in any order
    assertThat(ended)
        .filteredOn(answer -> answer.subject().equals("cancel"))
        .singleElement()
        .satisfies(answer ->
            assertThat(answer.data().get("result").toString()).isEqualTo("{\"canceled\":1}"));
    assertThat(ended)
        .filteredOn(answer -> answer.subject().equals("waiting"))
        .singleElement()
        .satisfies(answer ->
            assertThat(answer.data().get("error").stringValue())
                .isEqualTo("query was canceled in the search for series"));
  }

  @Test
  void itStopsWhenItsAskerLeaves() throws InterruptedException {
    Endless endless = new Endless();
    QueryHandler handler = handler(endless, LONG_MILLIS);
    send("metrics.series", "_INBOX.1", QUESTION);
    endless.begun.await();
    hub.left.add("_INBOX.1");
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> handler.open() == 0);
    assertThat(hub.published).as("nobody is told").isEmpty();
  }

  @Test
  void itHoldsNoMoreThanAQueryMay() throws InterruptedException {
    handler(new Many(1000), LONG_MILLIS);
    JsonNode data = ask("metrics.series", "{\"match\":\"up\"}");
    assertThat(data.get("errorType").stringValue()).isEqualTo("execution");
    assertThat(data.get("error").stringValue())
        .isEqualTo("query needs more memory than a query may use (" + MEMORY_BYTES + " bytes)");
  }

  @Test
  void whatItHeldIsFreeAfterwardsAndWhatASelectorFindsBeforeTheNext() throws InterruptedException {
    handler(new Many(60), LONG_MILLIS);
    for (int i = 0; i < 30; i++) {
      JsonNode data = ask("metrics.series", "{\"match\":[\"up\",\"up\",\"up\"]}");
      assertThat(data.get("result")).hasSize(60);
    }
  }

  @Test
  void whatCannotBeReadIsSaid() throws InterruptedException {
    handler(new Unreadable(), LONG_MILLIS);
    JsonNode series = ask("metrics.series", QUESTION);
    assertThat(series.get("errorType").stringValue()).isEqualTo("internal");
    assertThat(series.get("error").stringValue()).isEqualTo("index is damaged at byte 7");
    JsonNode labels = ask("metrics.labels", QUESTION);
    assertThat(labels.get("result").toString()).isEqualTo("[\"a\"]");
    assertThat(labels.get("warnings").toString())
        .isEqualTo("[\"something may be missing: index is damaged at byte 7\"]");
  }

  /** Right after a start. */
  @Test
  void itWaitsUntilItIsKnownWhatThereIs() throws InterruptedException {
    handler(new NotKnownAtOnce(), LONG_MILLIS);
    assertThat(ask("metrics.series", QUESTION).get("status").stringValue()).isEqualTo("success");
  }

  private static final class NotKnownAtOnce implements NamelessSource {
    @Override
    public List<? extends Series> select(List<Matcher> matchers, long from, long to) {
      throw new AssertionError("a search that has no patience");
    }

    @Override
    public List<? extends Series> select(
        List<Matcher> matchers, long from, long to, SearchProgress progress) {
      if (progress.patienceNanos() <= 0) {
        throw new UnreadableSamplesException("not known yet");
      }
      return List.of();
    }
  }
}
