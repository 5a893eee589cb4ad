package dnd.metrics.server.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** Askers of live queries that come, wait, fall behind and go. */
@Timeout(180)
class LiveQueriesTest {
  private static final long NOW = LiveFixture.START_MILLIS;
  private static final String LOAD = "\"query\":\"load\",\"live\":true,\"parts\":true";

  private static List<String> values(JsonNode data) {
    assertThat(data.get("status").stringValue()).as(data.toString()).isEqualTo("success");
    List<String> values = new ArrayList<>();
    for (JsonNode series : data.get("result")) {
      values.add(
          series.get("metric").get("id").stringValue()
              + "="
              + series.get("value").get(1).stringValue());
    }
    return values;
  }

  /** Seconds since the test's beginning and value of each point of the only series. */
  private static List<String> points(JsonNode data) {
    assertThat(data.get("status").stringValue()).as(data.toString()).isEqualTo("success");
    List<String> points = new ArrayList<>();
    for (JsonNode series : data.get("result")) {
      for (JsonNode point : series.get("values")) {
        points.add((point.get(0).longValue() - NOW / 1000) + "=" + point.get(1).stringValue());
      }
    }
    return points;
  }

  private static String window(long fromSeconds, long toSeconds) {
    return ",\"step\":1,\"start\":%d,\"end\":%d"
        .formatted(NOW / 1000 + fromSeconds, NOW / 1000 + toSeconds);
  }

  @Test
  void whatCannotBeBegunIsAnsweredAndGone() throws InterruptedException {
    try (LiveFixture live = new LiveFixture()) {
      live.ask("steps", "\"query\":\"max_over_time(load[25d:1ms])\",\"live\":true");
      assertThat(live.next("steps").get("code").stringValue()).isEqualTo("query_too_large");
      live.ask("watch", "\"query\":\"unwatchable\",\"live\":true");
      assertThat(live.next("watch").get("code").stringValue()).isEqualTo("internal_error");
      live.ask("watch", "\"query\":\"unwatchable\",\"live\":true"); // nothing is there to join
      assertThat(live.next("watch").get("code").stringValue()).isEqualTo("internal_error");
      live.awaitNothingOpen();
    }
  }

  @Test
  void whoComesLaterIsToldWhatTheOthersKnowAlready() throws InterruptedException {
    try (LiveFixture live = new LiveFixture()) {
      live.source.put("load", "a", NOW, 1);
      live.ask("one", LOAD);
      assertThat(values(live.next("one"))).containsExactly("a=1");

      live.nowMillis.addAndGet(360_000); // a falls out of the lookback
      live.ask("two", LOAD);
      assertThat(values(live.next("two"))).isEmpty();
      assertThat(live.next("one").get("gone")).hasSize(1);

      live.append("load", "a", live.nowMillis.get(), 1); // the same value again
      assertThat(values(live.next("two"))).containsExactly("a=1");
      assertThat(values(live.next("one"))).containsExactly("a=1");
    }
  }

  @Test
  void whatComesWhileAWholeAnswerIsAwaitedIsNotToldAfterIt() throws InterruptedException {
    try (LiveFixture live = new LiveFixture()) {
      live.source.put("load", "a", NOW, 1);
      live.ask("one", LOAD);
      assertThat(values(live.next("one"))).containsExactly("a=1");
      CountDownLatch gate = new CountDownLatch(1);
      live.source.gates.put("load", gate);
      live.append("load", "a", NOW, 2);
      awaitSearches(live, 2); // a turn is being taken
      live.ask("two", LOAD);
      awaitOpen(live, "two");
      gate.countDown();
      assertThat(values(live.next("two"))).containsExactly("a=2");
      assertThat(values(live.next("one"))).containsExactly("a=2");
      live.append("load", "a", NOW, 3);
      assertThat(values(live.next("two"))).containsExactly("a=3");
      assertThat(values(live.next("one"))).containsExactly("a=3");
    }
  }

  private static void awaitSearches(LiveFixture live, int count) {
    Awaitility.await()
        .pollInterval(Duration.ofMillis(2))
        .atMost(Duration.ofMinutes(1))
        .until(() -> live.source.searches("load") >= count);
  }

  /** Until the asker is among those of its query. */
  private static void awaitOpen(LiveFixture live, String name) {
    Awaitility.await()
        .pollInterval(Duration.ofMillis(2))
        .atMost(Duration.ofMinutes(1))
        .until(() -> {
          live.deliver("metrics.queries", "list", "{}");
          for (JsonNode entry : live.next("list").get("result")) {
            if (entry.get("correlation_id").stringValue().equals(name)) {
              return entry.get("state").stringValue().equals("live");
            }
          }
          return false;
        });
  }

  @Test
  void seriesThatGoAllAtOnceAreToldByTheWholeAnswer() throws InterruptedException {
    try (LiveFixture live = new LiveFixture(16 << 10, 256 << 20, QueryLimits.DEFAULT)) {
      for (int i = 0; i < 1000; i++) {
        live.source.put("load", "series-" + i, NOW, i);
      }
      live.source.put("load", "stays", NOW, 7);
      live.ask("one", LOAD);
      JsonNode first = live.next("one");
      while (first.has("last") && !first.get("last").booleanValue()) {
        first = live.next("one");
      }
      live.source.clear();
      live.append("load", "stays", NOW, 7);
      JsonNode whole = live.next("one");
      assertThat(values(whole)).containsExactly("stays=7");
      assertThat(whole.get("full").booleanValue()).isTrue();
      assertThat(whole.get("update").intValue()).isEqualTo(1);
      live.append("load", "stays", NOW, 8);
      assertThat(values(live.next("one"))).containsExactly("stays=8");
    }
  }

  @Test
  void oneEvaluationAnswersAllWhoWaitAndNoThreadWaitsForIt() throws InterruptedException {
    QueryLimits twoThreads = new QueryLimits(2, 1000, 110_000, 110_000, 11_000);
    try (LiveFixture live = new LiveFixture(1 << 20, 256 << 20, twoThreads)) {
      live.source.put("load", "a", NOW, 1);
      CountDownLatch gate = new CountDownLatch(1);
      live.source.gates.put("load", gate);
      live.ask("first", LOAD);
      awaitSearches(live, 1);
      for (int i = 0; i < 10; i++) {
        live.ask("later" + i, LOAD);
      }
      live.deliver("metrics.cancel", "canceled", "{\"correlation_id\":\"later3\"}");
      assertThat(live.next("canceled").get("result").get("canceled").intValue()).isEqualTo(1);
      assertThat(live.next("later3").get("code").stringValue()).isEqualTo("query_canceled");
      live.ask("other", "\"query\":\"other\"");
      assertThat(values(live.next("other"))).isEmpty(); // on the thread that nobody blocks
      gate.countDown();
      assertThat(values(live.next("first"))).containsExactly("a=1");
      for (int i = 0; i < 10; i++) {
        if (i != 3) {
          assertThat(values(live.next("later" + i))).containsExactly("a=1");
        }
      }
      assertThat(live.source.searches("load")).isEqualTo(2);
    }
  }

  @Test
  void anEvaluationStopsWhenNobodyWaitsForItAnyMore() throws InterruptedException {
    try (LiveFixture live = new LiveFixture()) {
      CountDownLatch gate = new CountDownLatch(1);
      live.source.gates.put("load", gate);
      live.source.gates.put("other", gate);
      live.ask("one", "\"query\":\"load + other\",\"live\":true");
      Awaitility.await()
          .pollInterval(Duration.ofMillis(2))
          .atMost(Duration.ofMinutes(1))
          .until(() -> searchesOfBoth(live) > 0);
      live.deliver("metrics.cancel", "canceled", "{\"correlation_id\":\"one\"}");
      assertThat(live.next("one").get("code").stringValue()).isEqualTo("query_canceled");
      gate.countDown();
      live.awaitNothingOpen();
      live.awaitNoMemory();
      assertThat(searchesOfBoth(live)).isEqualTo(1);
    }
  }

  private static int searchesOfBoth(LiveFixture live) {
    return live.source.searches("load") + live.source.searches("other");
  }

  @Test
  void changesAreSentWithoutAWaitForTheReader() throws InterruptedException {
    try (LiveFixture live = new LiveFixture(4 << 10, 256 << 20, QueryLimits.DEFAULT)) {
      for (int i = 0; i < 200; i++) {
        live.source.put("load", "s" + i, NOW, 1);
      }
      live.ask("one", LOAD);
      List<String> first = new ArrayList<>(values(live.next("one")));
      while (first.size() < 200) {
        first.addAll(values(live.next("one")));
      }
      AtomicInteger looks = new AtomicInteger(); // there is room at first, then there is none
      live.hub.pending = subject -> looks.getAndIncrement() == 0 ? 0 : 64 << 20;
      for (int i = 0; i < 200; i++) {
        live.source.put("load", "s" + i, NOW, 2);
      }
      live.tellOfSamples(NOW);
      List<String> update = new ArrayList<>(values(live.next("one")));
      while (update.size() < 200) {
        update.addAll(values(live.next("one")));
      }
      assertThat(update).allMatch(value -> value.endsWith("=2"));
    }
  }

  @Test
  void aWholeAnswerThatNobodyReadsEndsItAndGivesItsMemoryBack() throws InterruptedException {
    QueryLimits impatient = new QueryLimits(20, 1000, 3_000, 3_000, 11_000);
    try (LiveFixture live = new LiveFixture(4 << 10, 256 << 20, impatient)) {
      for (int i = 0; i < 200; i++) {
        live.source.put("load", "s" + i, NOW, 1);
      }
      live.hub.pendingBytes = 64 << 20;
      live.ask("one", LOAD);
      live.ask("plain", "\"query\":\"load\",\"parts\":true");
      for (String name : List.of("one", "plain")) {
        JsonNode error = live.next(name);
        assertThat(error.get("code").stringValue()).isEqualTo("query_timeout");
        assertThat(error.get("error").stringValue()).contains("its reader");
      }
      live.awaitNothingOpen();
      live.awaitNoMemory();
    }
  }

  @Test
  void anAnswerIsHeldInMemoryUntilItIsSent() throws InterruptedException {
    try (LiveFixture live = new LiveFixture(4 << 10, 256 << 20, QueryLimits.DEFAULT)) {
      for (int i = 0; i < 200; i++) {
        live.source.put("load", "s" + i, NOW, 1);
      }
      live.hub.pendingBytes = 64 << 20;
      live.ask("plain", "\"query\":\"load\",\"parts\":true");
      Awaitility.await()
          .pollInterval(Duration.ofMillis(2))
          .atMost(Duration.ofMinutes(1))
          .until(() -> {
            live.deliver("metrics.queries", "list", "{}");
            JsonNode open = live.next("list").get("result");
            return open.size() == 1
                && open.get(0).get("state").stringValue().equals("sending")
                && open.get(0).get("bytes").longValue() > 200 * 56;
          });
      assertThat(live.engine.heldBytes()).isGreaterThan(200 * 56);
      live.hub.pendingBytes = 0;
      live.awaitNothingOpen();
      assertThat(live.engine.heldBytes()).isZero();
    }
  }

  @Test
  void whatIsRememberedIsCountedAndLimited() throws InterruptedException {
    try (LiveFixture live = new LiveFixture(1 << 20, 1 << 20, QueryLimits.DEFAULT)) {
      String wide = "\"live\":true,\"parts\":true,\"lookback\":\"1s\"" + window(-1000, 0);
      for (int i = 0; i < 20; i++) {
        live.source.put("few", "s" + i, NOW, 1);
      }
      for (int i = 0; i < 100; i++) {
        live.source.put("many", "s" + i, NOW, 1);
      }
      live.ask("few", "\"query\":\"few\"," + wide);
      assertThat(live.next("few").get("result")).hasSize(20);
      live.deliver("metrics.queries", "list", "{}");
      assertThat(live.next("list").get("result").get(0).get("bytes").longValue())
          .isGreaterThan(20 * 1001 * 9)
          .isLessThan(1 << 19);
      live.ask("many", "\"query\":\"many\"," + wide); // 100 * 1001 * 9 bytes and more
      JsonNode error = live.next("many");
      assertThat(error.get("code").stringValue()).isEqualTo("query_too_large");
      assertThat(error.get("error").stringValue()).contains("would remember");
      live.deliver("metrics.cancel", "canceled", "{\"correlation_id\":\"few\"}");
      live.next("canceled");
      live.awaitNothingOpen();
      live.awaitNoMemory();
    }
  }

  @Test
  void eachIsToldFromItsOwnStartOn() throws InterruptedException {
    try (LiveFixture live = new LiveFixture()) {
      live.source.put("load", "a", NOW - 20_000, 1);
      live.ask("past", LOAD + window(-20, 0));
      assertThat(points(live.next("past"))).hasSize(21);
      live.ask("ahead", LOAD + window(-5, 15));
      assertThat(points(live.next("ahead"))).hasSize(6).startsWith("-5=1").endsWith("0=1");
      live.ask("future", LOAD + window(2, 22));
      assertThat(points(live.next("future"))).isEmpty();

      live.append("load", "a", NOW - 10_000, 2);
      assertThat(points(live.next("past"))).hasSize(11).startsWith("-10=2").endsWith("0=2");
      assertThat(points(live.next("ahead"))).hasSize(6).startsWith("-5=2").endsWith("0=2");

      live.nowMillis.addAndGet(3_000);
      assertThat(points(live.next("past"))).containsExactly("1=2", "2=2", "3=2");
      assertThat(points(live.next("future"))).containsExactly("2=2", "3=2");
    }
  }

  @Test
  void whereTheClockIsSetBackLateSamplesAreToldAllTheSame() throws InterruptedException {
    try (LiveFixture live = new LiveFixture()) {
      live.source.put("load", "a", NOW - 20_000, 1);
      live.ask("one", LOAD + window(-20, 0));
      assertThat(points(live.next("one"))).hasSize(21);
      live.nowMillis.addAndGet(-10_000);
      live.append("load", "a", NOW - 2_000, 2);
      assertThat(points(live.next("one"))).containsExactly("-2=2", "-1=2", "0=2");
      live.ask("two", LOAD + window(-20, 0));
      assertThat(points(live.next("two"))).hasSize(21).endsWith("-1=2", "0=2");
    }
  }
}
