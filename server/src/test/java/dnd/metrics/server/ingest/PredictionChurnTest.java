package dnd.metrics.server.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.head.Head;
import dnd.metrics.server.head.HeadOptions;
import dnd.metrics.server.head.ReplayListener;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hosts come and go all the time: what is learned of those that went must not stay. */
class PredictionChurnTest {
  private static final int HOSTS = 40;
  private static final int METRICS = 40;
  private static final int MINUTES = 120;

  @TempDir Path folder;

  private final DirectHub hub = new DirectHub();
  private Instant now = Instant.parse("2026-11-24T10:30:00Z");

  /** A host is replaced after four minutes. */
  @ParameterizedTest(name = "the hosts in the labels of all metrics together: {0}")
  @ValueSource(booleans = {false, true})
  void whatEndedIsForgottenInTheEnd(boolean shared) throws Exception {
    try (Head head = Head.open(folder, HeadOptions.DEFAULT, ReplayListener.SILENT);
        IngestHandler handler = new IngestHandler(hub, head, IngestLimits.DEFAULT, () -> now)) {
      handler.start();
      long most = 0;
      long first = 0;
      for (int minute = 0; minute < MINUTES; minute++) {
        now = now.plusSeconds(60);
        for (int host = 0; host < HOSTS; host++) {
          String event = event("host_%d_%d".formatted(host, minute / 4), minute, shared);
          hub.deliver("shop.metrics.push", "_INBOX.1", event.getBytes(UTF_8));
        }
        awaitReplies();
        first = minute == 3 ? handler.learnedBytes() : first;
        most = Math.max(most, handler.learnedBytes());
      }
      assertThat(first).as("what the first four minutes' series take").isPositive();
      assertThat(most).as("what a third of all would take").isLessThan(first * MINUTES / 4 / 3);
      assertThat(handler.learnedBytes()).isPositive();
      assertThat(handler.counters().predictedEvents()).isGreaterThan(HOSTS * MINUTES / 4);
      assertThat(head.status().samplesAppended()).isEqualTo((long) HOSTS * METRICS * MINUTES);
    }
  }

  private void awaitReplies() throws InterruptedException {
    for (int host = 0; host < HOSTS; host++) {
      DirectHub.Published reply = hub.replies.poll(1, TimeUnit.MINUTES);
      assertThat(reply).isNotNull();
      assertThat(reply.text()).contains("\"count\":" + METRICS, "\"rejected\":[]");
    }
  }

  private String event(String host, int value, boolean shared) {
    String labels = "\"labels\":{\"host\":\"" + host + "\"}";
    StringBuilder metrics = new StringBuilder();
    for (int i = 0; i < METRICS; i++) {
      metrics
          .append(i == 0 ? "" : ",")
          .append("{\"name\":\"m")
          .append(i)
          .append("\",\"type\":\"gauge\",\"value\":")
          .append(value)
          .append(shared ? "}" : "," + labels + "}");
    }
    return "{\"type\":\"metrics.push\",\"data\":{\"service\":\"shop\",%s\"metrics\":[%s]}}"
        .formatted(shared ? labels + "," : "", metrics);
  }
}
