package dnd.metrics.server.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dnd.metrics.events.EventIds;
import dnd.metrics.events.EventTypes;
import dnd.metrics.events.InvalidEventException;
import dnd.metrics.events.RejectedMetric;
import dnd.metrics.events.StrictJson;
import dnd.metrics.server.head.Head;
import dnd.metrics.server.head.HeadOptions;
import dnd.metrics.server.head.ReplayListener;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** A connection that rests keeps little of the event before, however large that was. */
class IngestScratchTest {
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-11-24T10:30:00Z"));

  private final EventParser parser = new EventParser(IngestLimits.DEFAULT);
  private final PayloadPlaces places = new PayloadPlaces();

  private WeakReference<String> helpOf(String event) throws InvalidEventException {
    ParsedBatch batch = new ParsedBatch();
    byte[] bytes = event.getBytes(UTF_8);
    parser.parse(bytes, 0, bytes.length, EventTypes.METRICS_PUSH, "shop", batch, places);
    return new WeakReference<>(requireNonNull(batch.metrics[0].description.help));
  }

  @Test
  void theParserHoldsNoTextOfTheEventBefore() throws Exception {
    WeakReference<String> help =
        helpOf(
            "{\"type\":\"metrics.push\",\"data\":{\"service\":\"shop\",\"metrics\":["
                + "{\"name\":\"m\",\"type\":\"gauge\",\"value\":1,\"help\":\"what it is\"}]}}");
    await()
        .atMost(1, TimeUnit.MINUTES)
        .until(() -> {
          System.gc();
          return help.get() == null;
        });
    assertThat(places.metrics).isEqualTo(1);
  }

  @Test
  void fewDraftsStayOfALargeEvent() {
    IngestLimits limits = IngestLimits.DEFAULT;
    MetricParser metrics = new MetricParser(limits, new LabelRules(limits));
    byte[] bytes =
        ("[" + "{\"name\":\"m\",\"value\":1},".repeat(5000) + "{\"value\":1}]").getBytes(UTF_8);
    places.clear();
    int index = 0;
    try (JsonParser p = StrictJson.parser(bytes, 0, bytes.length)) {
      p.nextToken();
      for (JsonToken token = p.nextToken(); token != JsonToken.END_ARRAY; token = p.nextToken()) {
        metrics.parse(p, token, index, new ParsedBatch(), places);
        index++;
      }
    }
    assertThat(metrics.keptDrafts()).isGreaterThan(5000);
    metrics.end();
    assertThat(metrics.keptDrafts()).isLessThan(1000);
  }

  @Test
  void nothingStaysInTheBatchOnceAnEventIsAnswered(@TempDir Path folder) throws Exception {
    DirectHub hub = new DirectHub();
    IngestCounters counters = new IngestCounters();
    EventIds ids = new EventIds();
    RejectionLog log = new RejectionLog(CLOCK);
    String bad = "{\"name\":\"bad\"},";
    String good = "{\"name\":\"m\",\"type\":\"gauge\",\"value\":1}";
    byte[] event =
        ("{\"type\":\"metrics.push\",\"data\":{\"service\":\"shop\",\"metrics\":["
                + bad.repeat(5000)
                + (good + ",").repeat(5000)
                + good
                + "]}}")
            .getBytes(UTF_8);
    try (Head head = Head.open(folder, HeadOptions.DEFAULT, ReplayListener.SILENT)) {
      ReplyWriter writer = new ReplyWriter(ids, hub.maxPayloadBytes());
      IngestLane lane =
          new IngestLane(
              head,
              IngestLimits.DEFAULT,
              CLOCK,
              new MetadataNotes(Map.of()),
              new Predictor(new PredictionBudget(0), 50_000),
              writer,
              new Replies(hub, CLOCK, ids, counters, log),
              counters,
              log,
              new InFlight(new InFlightLimit(), () -> {}));
      hub.subscribe(
          "*.metrics.push",
          "metrics",
          message -> {
            try {
              lane.take(message, "shop", false);
            } catch (InvalidEventException | IOException e) {
              throw new AssertionError(e);
            }
          });
      hub.deliver("shop.metrics.push", "_INBOX.1", event);
      DirectHub.Published reply = hub.replies.poll(1, TimeUnit.MINUTES);
      assertThat(requireNonNull(reply).text())
          .contains("\"count\":5001")
          .hasSizeGreaterThan(1 << 18);
      assertThat(lane.batch().rejected).isEmpty();
      assertThat(lane.batch().rows).isZero();
      assertThat(lane.batch().metrics).containsOnlyNulls();
      assertThat(lane.batch().values.length).as("room for rows").isLessThan(2000);
      assertThat(writer.keptBytes()).as("of the buffer for replies").isLessThan(1 << 16);
    }
  }

  @Test
  void aLongListOfRejectedMetricsIsNotKept() {
    ParsedBatch batch = new ParsedBatch();
    Object list = batch.rejected;
    batch.rejected.add(new RejectedMetric(0, "m", "code", "reason"));
    batch.clear();
    assertThat(batch.rejected).isSameAs(list).isEmpty();
    for (int i = 0; i < 5000; i++) {
      batch.rejected.add(new RejectedMetric(i, "m", "code", "reason"));
    }
    batch.clear();
    assertThat(batch.rejected).isNotSameAs(list).isEmpty();
  }
}
