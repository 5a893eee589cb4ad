package dnd.metrics.server.query;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.hub.RecordingHub;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.model.SearchProgress;
import dnd.metrics.server.model.Series;
import dnd.metrics.server.model.SeriesSource;
import dnd.metrics.server.model.UnreadableSamplesException;
import dnd.metrics.server.promql.exec.EngineOptions;
import dnd.metrics.server.promql.exec.QueryEngine;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** Queries that wait, after a start, until storage knows what there is, and those beside them. */
@Timeout(120)
class PatientQueryTest {
  private final RecordingHub hub = new RecordingHub(1 << 20);
  private final CountDownLatch known = new CountDownLatch(1);

  /** Of what is called {@code old} it is not known yet; there are no series of another name. */
  private final class NotKnownYet implements SeriesSource {
    @Override
    public List<? extends Series> select(List<Matcher> matchers, long from, long to) {
      return select(matchers, from, to, SearchProgress.UNWATCHED);
    }

    @Override
    public List<? extends Series> select(
        List<Matcher> matchers, long from, long to, SearchProgress progress) {
      if (Matcher.allMatch(matchers, Labels.of("__name__", "old"))) {
        try {
          while (progress.patienceNanos() > 0 && !known.await(1, TimeUnit.MILLISECONDS)) {
            progress.check();
          }
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
        if (known.getCount() > 0) {
          throw new UnreadableSamplesException("not known yet");
        }
      }
      return List.of();
    }

    @Override
    public List<String> labelNames(List<Matcher> matchers, long from, long to) {
      return List.of();
    }

    @Override
    public List<String> labelValues(String name, List<Matcher> matchers, long from, long to) {
      return List.of();
    }
  }

  private final QueryHandler handler =
      new QueryHandler(
          hub,
          new NotKnownYet(),
          Map::of,
          (selectors, listener) -> () -> {},
          new QueryEngine(EngineOptions.defaults()),
          new QueryLimits(4, 100, 110_000, 110_000, 11_000),
          InstantSource.system());

  @AfterEach
  void stop() {
    handler.close();
  }

  private void ask(String id, String query, boolean live) {
    hub.deliver(
        "shop.metrics.query",
        id,
        "{\"type\":\"metrics.query\",\"data\":{\"query\":\"%s\",\"correlation_id\":\"%s\",\"live\":%b}}"
            .formatted(query, id, live));
  }

  private JsonNode answerTo(String id) throws InterruptedException {
    RecordingHub.Published answer = hub.next();
    assertThat(answer.subject()).isEqualTo(id);
    return answer.data();
  }

  @Test
  void thoseThatWaitLeaveThreadsToOthers() throws InterruptedException {
    handler.start();
    List<String> waiting = new ArrayList<>(List.of("first", "second", "third", "fourth", "fifth"));
    waiting.forEach(id -> ask(id, "old", false));
    for (int i = 0; i < 3; i++) { // all but the two that come to it first
      RecordingHub.Published refused = hub.next();
      assertThat(refused.data().get("error").stringValue()).isEqualTo("not known yet");
      waiting.remove(refused.subject());
    }
    ask("other", "recent", false);
    assertThat(answerTo("other").get("status").stringValue()).isEqualTo("success");

    hub.deliver(
        "shop.metrics.cancel",
        "cancel",
        "{\"type\":\"metrics.cancel\",\"data\":{\"correlation_id\":\"%s\"}}"
            .formatted(waiting.getFirst()));
    List<String> ended = List.of(hub.next().subject(), hub.next().subject());
    assertThat(ended).containsExactlyInAnyOrder("cancel", waiting.getFirst());
    ask("sixth", "old", false); // in its place
    ask("seventh", "old", false);
    assertThat(hub.next().subject()).isIn("sixth", "seventh");
    known.countDown();
    for (int i = 0; i < 2; i++) {
      assertThat(hub.next().data().get("status").stringValue()).isEqualTo("success");
    }
  }

  /** It would hold what all who ask the same have in common, and the turns' threads. */
  @Test
  void aLiveQueryDoesNotWait() throws InterruptedException {
    handler.start();
    ask("live", "old", true);
    assertThat(answerTo("live").get("error").stringValue()).isEqualTo("not known yet");
  }
}
