package dnd.metrics.server.query;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.head.AppendListener;
import dnd.metrics.server.head.Appended;
import dnd.metrics.server.head.AppendedEvent;
import dnd.metrics.server.head.SenderId;
import dnd.metrics.server.hub.RecordingHub;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.model.SampleReader;
import dnd.metrics.server.model.Series;
import dnd.metrics.server.model.SeriesSource;
import dnd.metrics.server.promql.exec.EngineOptions;
import dnd.metrics.server.promql.exec.QueryEngine;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** An asker of a live query that does not read for a while: it is sent the whole when it does. */
class SlowLiveAskerTest {
  private static final long NOW_MILLIS = Instant.parse("2026-11-24T10:00:00Z").toEpochMilli();

  /** One series with one sample, whose value a test changes. */
  private static final class OneSample implements SeriesSource {
    private final AtomicInteger reads = new AtomicInteger();
    private volatile double value = 1;

    @Override
    public List<? extends Series> select(List<Matcher> matchers, long from, long to) {
      reads.incrementAndGet();
      double now = value;
      return List.of(
          new Series() {
            @Override
            public Labels labels() {
              return Labels.of("__name__", "load");
            }

            @Override
            public SampleReader read(long fromMillis, long toMillis) {
              AtomicInteger left = new AtomicInteger(1);
              return batch -> {
                batch.clear();
                if (left.getAndDecrement() <= 0) {
                  return false;
                }
                batch.timestamps[0] = NOW_MILLIS;
                batch.values[0] = now;
                batch.size = 1;
                return true;
              };
            }
          });
    }

    @Override
    public List<String> labelNames(List<Matcher> matchers, long from, long to) {
      return List.of("__name__");
    }

    @Override
    public List<String> labelValues(String name, List<Matcher> matchers, long from, long to) {
      return List.of("load");
    }
  }

  private final RecordingHub hub = new RecordingHub(1 << 20);
  private final OneSample source = new OneSample();
  private final CompletableFuture<AppendListener> watching = new CompletableFuture<>();

  private void change(double value) {
    source.value = value;
    AppendedEvent event =
        new AppendedEvent(1, new SenderId("shop", ""), null, NOW_MILLIS, NOW_MILLIS);
    watching.join().appended(Appended.of(List.of(event)));
  }

  private JsonNode next() throws InterruptedException {
    return hub.next().data();
  }

  private static String value(JsonNode data) {
    return data.get("result").get(0).get("value").get(1).stringValue();
  }

  @Test
  void whoFellBehindIsSentTheWholeAndThenChangesAgain() throws InterruptedException {
    try (QueryHandler handler =
        new QueryHandler(
            hub,
            source,
            Map::of,
            (selectors, listener) -> {
              watching.complete(listener);
              return () -> {};
            },
            new QueryEngine(EngineOptions.defaults()),
            QueryLimits.DEFAULT,
            () -> Instant.ofEpochMilli(NOW_MILLIS))) {
      handler.start();
      hub.deliver(
          "shop.metrics.query",
          "_INBOX.1",
          "{\"type\":\"metrics.query\",\"data\":{\"query\":\"load\",\"live\":true,\"correlation_id\":\"l\"}}");
      JsonNode first = next();
      assertThat(first.get("update").intValue()).isZero();
      assertThat(first.has("full")).isFalse();
      assertThat(value(first)).isEqualTo("1");

      hub.pendingBytes = 8 << 20; // it does not read
      change(2);
      awaitReads(2);
      change(3);
      awaitReads(3); // begins after the change to 2 was offered, and left out
      assertThat(hub.published).isEmpty();
      hub.pendingBytes = 0;

      JsonNode whole = next();
      assertThat(whole.get("update").intValue()).isEqualTo(1);
      assertThat(whole.get("full").booleanValue()).isTrue();
      assertThat(value(whole)).isEqualTo("3");

      change(4);
      JsonNode change = next();
      assertThat(change.get("update").intValue()).isEqualTo(2);
      assertThat(change.has("full")).isFalse();
      assertThat(value(change)).isEqualTo("4");
    }
  }

  private void awaitReads(int count) {
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> source.reads.get() >= count);
  }
}
