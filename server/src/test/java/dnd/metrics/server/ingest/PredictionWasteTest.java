package dnd.metrics.server.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.head.Head;
import dnd.metrics.server.head.HeadOptions;
import dnd.metrics.server.head.ReplayListener;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What differs from event to event takes no memory of predictions, or not for long. */
class PredictionWasteTest {
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-11-24T10:30:00Z"));
  private static final String PLAIN =
      "{\"type\":\"metrics.push\",\"data\":{\"service\":\"shop\",\"metrics\":["
          + "{\"name\":\"m\",\"type\":\"gauge\",\"value\":1}]}}";

  /** Text that is no slot, since it is not ASCII: each such event has a shape of its own. */
  private static final String OWN_SHAPE =
      "{\"type\":\"metrics.push\",\"note\":\"é%d\",\"data\":{\"service\":\"shop\",\"metrics\":["
          + "{\"name\":\"m\",\"type\":\"gauge\",\"value\":1}]}}";

  @TempDir Path folder;

  private final DirectHub hub = new DirectHub();
  private final ExecutorService otherConnection = Executors.newSingleThreadExecutor();
  private Head head;
  private IngestHandler handler;

  @BeforeEach
  void open() throws Exception {
    head = Head.open(folder, HeadOptions.DEFAULT, ReplayListener.SILENT);
  }

  @AfterEach
  void close() throws Exception {
    otherConnection.close();
    handler.close();
    head.close();
  }

  private void start(long learnedBytes) {
    handler =
        new IngestHandler(hub, head, IngestLimits.DEFAULT.withLearnedBytes(learnedBytes), CLOCK);
    handler.start();
  }

  private void send(String event) throws InterruptedException {
    hub.deliver("shop.metrics.push", "_INBOX.1", event.getBytes(UTF_8));
    DirectHub.Published reply = hub.replies.poll(1, TimeUnit.MINUTES);
    assertThat(reply).isNotNull();
    assertThat(reply.text()).as("the reply to %s", event).contains("\"count\":1");
    hub.announced.clear();
  }

  private long predicted() {
    return handler.counters().predictedEvents();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'type':'metrics.push','traceparent':'00-%1$032x-01','data':{'service':'shop','metrics':["
            + "{'name':'m','type':'gauge','value':1}]}}",
        "{'type':'metrics.push','data':{'service':'shop','seq':%1$d,'metrics':["
            + "{'name':'m','type':'gauge','value':1}],'note':'n%1$d'},'sent':%1$d.5e-1}",
        "{'type':'metrics.push','fixed':'\\u00e9','data':{'service':'shop','seq':-%1$d,'metrics':["
            + "{'name':'m','type':'gauge','value':1}]}}"
      })
  void textsAndNumbersThatNobodyReadsMayDiffer(String event) throws Exception {
    start(IngestLimits.DEFAULT.learnedBytes());
    send(event.replace('\'', '"').formatted(1));
    long once = handler.learnedBytes();
    assertThat(once).isPositive();
    for (int i = 2; i <= 20; i++) {
      send(event.replace('\'', '"').formatted(i));
    }
    assertThat(predicted()).as("all but what follows what for the first time").isEqualTo(18);
    assertThat(handler.learnedBytes()).isEqualTo(once);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'type':'metrics.push','data':{'service':'shop','metrics':[{'name':'m','type':'counter',"
            + "'value':1,'exemplars':[{'labels':{'trace_id':'%1$d'},'value':1}]}]}}",
        "{'type':'metrics.push','data':{'service':'shop','metrics':[{'name':'m','type':'gauge',"
            + "'value':1,'seq':%1$d}]}}",
        "{'type':'metrics.push','data':{'service':'shop','meta':{'seq':%1$d},'metrics':["
            + "{'name':'m','type':'gauge','value':1}]}}",
        "{'type':'metrics.push','hops':[%1$d],'data':{'service':'shop','metrics':["
            + "{'name':'m','type':'gauge','value':1}]}}"
      })
  void otherFieldsThatNobodyReadsAreNotLearned(String event) throws Exception {
    start(IngestLimits.DEFAULT.learnedBytes());
    for (int i = 1; i <= 20; i++) {
      send(event.replace('\'', '"').formatted(i));
      assertThat(handler.learnedBytes()).isZero();
    }
  }

  @Test
  void manyOtherFieldsAreNotLearned() throws Exception {
    start(IngestLimits.DEFAULT.learnedBytes());
    StringBuilder fields = new StringBuilder();
    for (int i = 0; i <= PayloadPlaces.MOST_OTHERS; i++) {
      fields.append("\"f%d\":%d,".formatted(i, i));
    }
    send(PLAIN.replace("\"data\"", fields + "\"data\""));
    assertThat(handler.learnedBytes()).isZero();
  }

  /** The budget is full after some 350 events of the one connection, before the other begins. */
  @Test
  void whoseEventsNeverRepeatLeavesRoomForOthers() throws Exception {
    start(256 << 10);
    for (int i = 0; i < 500; i++) {
      send(OWN_SHAPE.formatted(i));
    }
    for (int round = 0; round < 40; round++) {
      for (int i = 0; i < 50; i++) {
        send(OWN_SHAPE.formatted(500 + 50 * round + i));
      }
      otherConnection
          .submit(() -> {
            send(PLAIN);
            return true;
          })
          .get();
    }
    assertThat(predicted()).as("of the other connection's 40 events").isGreaterThan(30);
  }

  /** Shapes that came again outweigh as many that did not, seven times. */
  @Test
  void whoseEventsRepeatKeepsThemInAFullBudget() throws Exception {
    start(64 << 10);
    for (int turn = 0; turn < 3; turn++) {
      for (int i = 0; i < 20; i++) {
        send(OWN_SHAPE.formatted(i));
      }
    }
    assertThat(predicted()).isGreaterThan(15);
    for (int i = 20; i < 400; i++) {
      send(OWN_SHAPE.formatted(i));
    }
    long before = predicted();
    for (int i = 0; i < 20; i++) {
      send(OWN_SHAPE.formatted(i));
    }
    assertThat(predicted() - before).isGreaterThan(15);
  }
}
