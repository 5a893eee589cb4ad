package dnd.metrics.server.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.head.Head;
import dnd.metrics.server.head.HeadOptions;
import dnd.metrics.server.head.HeadSeries;
import dnd.metrics.server.head.Parked;
import dnd.metrics.server.head.ReplayListener;
import dnd.metrics.server.model.SampleBatch;
import dnd.metrics.server.model.SampleReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Feeds the same random events, damaged ones among them, to a service that predicts and to one that
 * parses everything. Both must answer alike and hold the same samples; every event must get exactly
 * one reply.
 */
class PredictionDifferentialTest {
  private static final Instant NOW = Instant.parse("2026-11-24T10:30:00Z");
  private static final int EVENTS = 1500;
  private static final int EVENTS_BETWEEN_PARKING = 50;

  @TempDir Path folder;

  private static final class Service implements AutoCloseable {
    final DirectHub hub = new DirectHub();
    final Head head;
    final IngestHandler handler;

    Service(Path folder, IngestLimits limits) throws Exception {
      head = Head.open(folder, HeadOptions.DEFAULT, ReplayListener.SILENT);
      handler = new IngestHandler(hub, head, limits, InstantSource.fixed(NOW));
      handler.start();
    }

    /** The one reply to an event, without what differs from service to service. */
    String send(RandomEvents.Event event) throws InterruptedException {
      hub.deliver(event.subject(), "_INBOX.1", event.payload());
      DirectHub.Published reply = hub.replies.poll(1, TimeUnit.MINUTES);
      assertThat(reply)
          .as("a reply to %s", new String(event.payload(), StandardCharsets.UTF_8))
          .isNotNull();
      assertThat(hub.replies).as("second replies").isEmpty();
      return reply
          .text()
          .replaceFirst("\"id\":\"[^\"]*\"", "")
          .replaceFirst("\"correlation_id\":\"[0-9a-f]{8}-[0-9a-f-]{27}\"", "made");
    }

    Map<String, String> contents() {
      Map<String, String> result = new TreeMap<>();
      for (HeadSeries series : head.select(List.of(), Long.MIN_VALUE, Long.MAX_VALUE)) {
        StringBuilder samples = new StringBuilder();
        SampleReader reader = series.read(Long.MIN_VALUE, Long.MAX_VALUE);
        SampleBatch batch = new SampleBatch();
        while (reader.next(batch)) {
          for (int i = 0; i < batch.size; i++) {
            samples
                .append(batch.timestamps[i])
                .append('=')
                .append(
                    batch.histograms == null
                        ? Long.toHexString(Double.doubleToRawLongBits(batch.values[i]))
                        : batch.histograms[i].toString())
                .append(' ');
          }
        }
        result.put(series.labels().toString(), samples.toString());
      }
      return result;
    }

    @Override
    public void close() throws IOException {
      handler.close();
      head.close();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 20261124})
  void predictionChangesNothingButTime(long seed) throws Exception {
    RandomEvents events = new RandomEvents(new Random(seed));
    int parked = 0;
    try (Service predicting = new Service(folder.resolve("a"), IngestLimits.DEFAULT);
        Service parsing =
            new Service(folder.resolve("b"), IngestLimits.DEFAULT.withLearnedBytes(0))) {
      for (int i = 0; i < EVENTS; i++) {
        RandomEvents.Event event = events.next();
        String predicted = predicting.send(event);
        assertThat(predicted)
            .as(
                "seed %d, event %d on %s: %s",
                seed, i, event.subject(), new String(event.payload(), StandardCharsets.UTF_8))
            .isEqualTo(parsing.send(event));
        if (i % EVENTS_BETWEEN_PARKING == 0) { // what was learned must find its series again
          parked += Parked.park(predicting.head, Long.MAX_VALUE);
        }
      }
      assertThat(parked).as("seed %d", seed).isPositive();
      assertThat(predicting.contents()).as("seed %d", seed).isEqualTo(parsing.contents());
      assertThat(predicting.head.metadata()).isEqualTo(parsing.head.metadata());
      assertThat(predicting.contents()).isNotEmpty();
      assertThat(predicting.handler.counters().predictedEvents())
          .as("predicted of %d, seed %d", EVENTS, seed)
          .isGreaterThan(EVENTS / 10);
      assertThat(parsing.handler.counters().predictedEvents()).isZero();
      assertThat(predicting.handler.counters().rejectedBatches()).isNotEmpty();
      assertThat(predicting.handler.counters().rejectedBatches())
          .doesNotContainKey(dnd.metrics.events.ErrorCode.INTERNAL_ERROR);
    }
  }
}
