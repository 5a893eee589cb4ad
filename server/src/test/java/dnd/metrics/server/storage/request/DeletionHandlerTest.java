package dnd.metrics.server.storage.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dnd.metrics.events.Envelope;
import dnd.metrics.events.ErrorCode;
import dnd.metrics.events.InvalidEventException;
import dnd.metrics.server.block.MemoryBlockFiles;
import dnd.metrics.server.head.AppendedEvent;
import dnd.metrics.server.head.CommitCallback;
import dnd.metrics.server.head.EventKind;
import dnd.metrics.server.head.Head;
import dnd.metrics.server.head.HeadOptions;
import dnd.metrics.server.head.ReplayListener;
import dnd.metrics.server.head.SenderBatch;
import dnd.metrics.server.head.SenderId;
import dnd.metrics.server.head.SeriesWatch;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.model.Series;
import dnd.metrics.server.request.Request;
import dnd.metrics.server.storage.Blocks;
import dnd.metrics.server.storage.Deleter;
import dnd.metrics.server.storage.HeadBlocks;
import dnd.metrics.server.storage.Storage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class DeletionHandlerTest {
  private static final long RANGE = 7_200_000;
  private static final long START = 236_007 * RANGE;

  @TempDir Path folder;
  private final MemoryBlockFiles files = new MemoryBlockFiles();
  private long now = START + 3 * RANGE;
  private final InstantSource clock = () -> Instant.ofEpochMilli(now);
  private Head head;
  private Blocks blocks;
  private DeletionHandler handler;

  /** Three ranges of two metrics of two services, two of them in blocks. */
  @BeforeEach
  void fill() throws Exception {
    head = Head.open(folder.resolve("data"), HeadOptions.DEFAULT, ReplayListener.SILENT);
    blocks = Blocks.open(files, report -> {});
    Deleter deleter = new Deleter(head, blocks);
    handler = new DeletionHandler(deleter, new Operators(Set.of("cli")), clock, new Random(1));
    for (String service : List.of("combat", "dice")) {
      for (int i = 0; i < 3; i++) {
        push(service, START + i * RANGE + 1000);
        push(service, START + i * RANGE + RANGE - 1000);
      }
    }
    assertThat(head.cut(new HeadBlocks(blocks, clock, new Random(2)))).isEqualTo(2);
  }

  private void push(String service, long time) throws Exception {
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    try (SenderBatch batch =
        head.sender(new SenderId(service, "")).begin(EventKind.PUSH, null, now)) {
      for (String metric : List.of("hits", "misses")) {
        batch.append(
            batch.resolve(Labels.of("__name__", metric, "service", service)), time, (double) time);
      }
      batch.commit(
          new CommitCallback() {
            @Override
            public void committed() {
              done.complete(true);
            }

            @Override
            public void failed(IOException reason) {
              done.completeExceptionally(reason);
            }
          });
    }
    assertThat(done.get(1, TimeUnit.MINUTES)).isTrue();
  }

  @AfterEach
  void close() throws IOException {
    blocks.close();
    head.close();
  }

  private static Request request(String service, String data) throws InvalidEventException {
    byte[] event =
        ("{\"type\":\"metrics.delete\",\"data\":" + data + "}").getBytes(StandardCharsets.UTF_8);
    return new Request(service, null, "c1", Envelope.read(event, 0, event.length));
  }

  private JsonNode ask(String service, String data) throws InvalidEventException {
    return handler.answer(request(service, data)).get("result");
  }

  private ErrorCode refused(String service, String data) {
    return catchThrowableOfType(InvalidEventException.class, () -> ask(service, data))
        .problem()
        .code();
  }

  private Set<String> series() {
    Set<String> found = new TreeSet<>();
    Storage storage = new Storage(head, blocks);
    for (Series series : storage.select(List.of(), START, now)) {
      found.add(series.labels().get("service") + " " + series.labels().metricName());
    }
    return found;
  }

  @Test
  void itIsAskedTwice() throws Exception {
    JsonNode first = ask("cli", "{\"match\": [\"hits{service='combat'}\"]}");
    assertThat(first.get("deleted").booleanValue()).isFalse();
    assertThat(first.get("series").intValue()).isEqualTo(1);
    assertThat(first.get("samples").intValue()).isEqualTo(6);
    assertThat(first.get("whole").booleanValue()).isTrue();
    assertThat(Instant.parse(first.get("oldest").stringValue()))
        .isEqualTo(Instant.ofEpochMilli(START + 1000));
    assertThat(Instant.parse(first.get("newest").stringValue()))
        .isEqualTo(Instant.ofEpochMilli(START + 3 * RANGE - 1000));
    assertThat(first.get("examples").get(0).get("__name__").stringValue()).isEqualTo("hits");
    assertThat(first.has("among")).isFalse();
    assertThat(series()).hasSize(4);

    CompletableFuture<String> told = new CompletableFuture<>();
    SeriesWatch watch =
        head.watch(
            List.of(List.of(Matcher.equal("__name__", "hits"))),
            events -> {
              AppendedEvent last = events.last();
              told.complete(last == null ? "" : last.sender().service() + last.correlationId());
            });
    String token = "{\"token\":\"" + first.get("token").stringValue() + "\"}";
    assertThat(ask("cli", token).get("deleted").booleanValue()).isTrue();
    assertThat(series()).containsExactly("combat misses", "dice hits", "dice misses");
    assertThat(told.get(1, TimeUnit.MINUTES)).isEqualTo("clic1");
    watch.close();
    assertThat(refused("cli", token)).isEqualTo(ErrorCode.UNKNOWN_TOKEN);
    assertThat(blocks.status().tombstones()).isEqualTo(2);
    assertThat(blocks.status().deletions()).isEqualTo(1);
    JsonNode again = ask("cli", "{\"match\": \"hits{service='combat'}\"}");
    assertThat(again.get("samples").intValue()).isZero();
    assertThat(again.has("token")).isFalse();
  }

  @Test
  void aServiceDeletesAmongItsOwnSeries() throws Exception {
    JsonNode first = ask("dice", "{\"match[]\": [\"hits\", \"{service=~'.+'}\"]}");
    assertThat(first.get("series").intValue()).isEqualTo(2);
    assertThat(first.get("samples").intValue()).isEqualTo(12);
    assertThat(first.get("among").get("service").stringValue()).isEqualTo("dice");
    String token = "{\"token\":\"" + first.get("token").stringValue() + "\"}";
    assertThat(refused("combat", token)).isEqualTo(ErrorCode.UNKNOWN_TOKEN);
    ask("dice", token);
    assertThat(series()).containsExactly("combat hits", "combat misses");
  }

  @Test
  void aTimeMayBeGiven() throws Exception {
    String times = "\"start\": %d, \"end\": %d".formatted(START / 1000 + 1, (START + RANGE) / 1000);
    JsonNode first = ask("cli", "{\"match\": \"hits\", " + times + "}");
    assertThat(first.get("samples").intValue()).isEqualTo(4);
    ask("cli", "{\"token\":\"" + first.get("token").stringValue() + "\"}");
    assertThat(series()).hasSize(4);
    assertThat(ask("cli", "{\"match\": \"hits\"}").get("samples").intValue()).isEqualTo(8);
  }

  @Test
  void aTokenIsOverAfterSomeTime() throws Exception {
    String token = ask("cli", "{\"match\": \"hits\"}").get("token").stringValue();
    now += PendingDeletions.PATIENCE_MILLIS;
    assertThat(refused("cli", "{\"token\":\"" + token + "\"}")).isEqualTo(ErrorCode.UNKNOWN_TOKEN);
    assertThat(series()).hasSize(4);
  }

  @Test
  void whatCannotBeMeantIsRefused() {
    assertThat(refused("cli", "{}")).isEqualTo(ErrorCode.MISSING_FIELD);
    assertThat(refused("cli", "{\"match\": \"{\"}")).isEqualTo(ErrorCode.INVALID_MATCHER);
    assertThat(refused("dice", "{\"match\": \"{a=~'.*'}\"}")).isEqualTo(ErrorCode.INVALID_MATCHER);
    assertThat(refused("cli", "{\"match\": \"{}\"}")).isEqualTo(ErrorCode.INVALID_MATCHER);
    assertThat(refused("cli", "{\"match\": \"a\", \"start\": 2, \"end\": 1}"))
        .isEqualTo(ErrorCode.INVALID_RANGE);
  }

  @Test
  void aDeletionThatFailsMayBeRepeated() throws Exception {
    String token = ask("cli", "{\"match\": \"hits\"}").get("token").stringValue();
    files.failAfter(2, "No space left on device", false);
    assertThat(refused("cli", "{\"token\":\"" + token + "\"}"))
        .isEqualTo(ErrorCode.STORAGE_UNAVAILABLE);
    ask("cli", "{\"token\":\"" + token + "\"}");
    assertThat(series()).containsExactly("combat misses", "dice misses");
  }
}
