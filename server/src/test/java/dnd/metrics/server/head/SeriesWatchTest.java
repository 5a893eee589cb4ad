package dnd.metrics.server.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.wal.LogOptions;
import dnd.metrics.server.wal.MemoryLogFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SeriesWatchTest {
  private static final long NOW = 1_700_000_000_000L;
  private static final SenderId DICE = new SenderId("dice", "d-1");
  private static final Labels ROLLS = Labels.of("__name__", "rolls_total", "sides", "6");
  private static final Labels LUCK = Labels.of("__name__", "luck", "sides", "20");

  @TempDir Path folder;
  private Head head;
  private long clock;
  private final List<String> heard = new CopyOnWriteArrayList<>();

  @BeforeEach
  void open() throws IOException {
    head = Head.open(folder.resolve("data"), HeadOptions.DEFAULT, ReplayListener.SILENT);
  }

  @AfterEach
  void close() throws IOException {
    head.close();
  }

  private SeriesWatch watch(String name, Matcher... matchers) {
    return head.watch(
        List.of(List.of(matchers)),
        events -> {
          AppendedEvent last = events.last();
          assertThat(last).isNotNull();
          heard.add(
              "%s %s %s %d"
                  .formatted(
                      name,
                      last.sender().service(),
                      last.correlationId(),
                      events.newestMillis() - NOW));
        });
  }

  /** The callbacks of the log come in order: once this one is over, those before it are. */
  private static final class Done implements CommitCallback {
    private final CountDownLatch latch = new CountDownLatch(1);
    private final @Nullable String correlationId;

    Done(@Nullable String correlationId) {
      this.correlationId = correlationId;
    }

    @Override
    public @Nullable String correlationId() {
      return correlationId;
    }

    @Override
    public void committed() {
      latch.countDown();
    }

    @Override
    public void failed(IOException reason) {}
  }

  private void push(String id, Labels... labels) throws Exception {
    for (int pass = 0; pass < 2; pass++) { // an empty batch behind it has the last word
      try (SenderBatch batch = head.sender(DICE).begin(EventKind.PUSH, null, NOW)) {
        for (int i = 0; i < labels.length && pass == 0; i++) {
          HeadSeries series = batch.resolve(labels[i]);
          assertThat(series).isNotNull();
          assertThat(batch.append(series, NOW + clock++, i)).isEqualTo(AppendOutcome.ACCEPTED);
        }
        Done done = new Done(id);
        batch.commit(done);
        assertThat(done.latch.await(1, TimeUnit.MINUTES)).isTrue();
      }
    }
  }

  @Test
  void hearsOnceABatchOfSeriesThatMatch() throws Exception {
    watch("rolls", Matcher.equal("__name__", "rolls_total"));
    watch("sixes", Matcher.equal("sides", "6"));
    push("c-1", ROLLS, ROLLS, LUCK);
    assertThat(heard).containsExactlyInAnyOrder("rolls dice c-1 2", "sixes dice c-1 2");
    heard.clear();
    push("c-2", LUCK);
    assertThat(heard).isEmpty();
  }

  @Test
  void looksAgainWhenAnotherBeginsToWatch() throws Exception {
    watch("rolls", Matcher.equal("__name__", "rolls_total"));
    push("c-1", LUCK);
    assertThat(heard).isEmpty();
    watch("luck", new Matcher(Matcher.Type.REGEX, "__name__", "lu.k|fate"));
    push("c-2", LUCK);
    assertThat(heard).containsExactly("luck dice c-2 1");
  }

  @Test
  void hearsNothingOnceClosed() throws Exception {
    SeriesWatch watch = watch("rolls", Matcher.equal("__name__", "rolls_total"));
    push("c-1", ROLLS);
    watch.close();
    watch.close();
    push("c-2", ROLLS);
    assertThat(heard).containsExactly("rolls dice c-1 0");
  }

  @Test
  void hearsThatASeriesHasEnded() throws Exception {
    watch("rolls", Matcher.equal("__name__", "rolls_total"));
    for (int pass = 0; pass < 3; pass++) {
      try (SenderBatch batch = head.sender(DICE).begin(EventKind.REPORT, null, NOW + pass)) {
        if (pass == 0) {
          HeadSeries series = batch.resolve(ROLLS);
          assertThat(series).isNotNull();
          batch.append(series, NOW, 1);
        }
        Done done = new Done("r-" + pass);
        batch.commit(done);
        assertThat(done.latch.await(1, TimeUnit.MINUTES)).isTrue();
      }
    }
    assertThat(heard).containsExactly("rolls dice r-0 0", "rolls dice r-1 1");
  }

  @Test
  void hearsNothingOfADuplicate() throws Exception {
    watch("rolls", Matcher.equal("__name__", "rolls_total"));
    for (int pass = 0; pass < 2; pass++) {
      try (SenderBatch batch = head.sender(DICE).begin(EventKind.PUSH, "one", NOW)) {
        assertThat(batch.isDuplicate()).isEqualTo(pass == 1);
        if (!batch.isDuplicate()) {
          HeadSeries series = batch.resolve(ROLLS);
          assertThat(series).isNotNull();
          batch.append(series, NOW, 1);
        }
        batch.commit(new Done("d"));
      }
    }
    push("last");
    assertThat(heard).containsExactly("rolls dice d 0");
  }

  @Test
  void hearsOfWhatCouldNotBeWrittenAtFirst() throws Exception {
    head.close();
    MemoryLogFiles disk = new MemoryLogFiles();
    head =
        Head.open(
            folder.resolve("faulty"),
            path -> disk,
            HeadOptions.DEFAULT,
            LogOptions.DEFAULT.withRetryInterval(Duration.ofMillis(3)),
            ReplayListener.SILENT);
    watch("rolls", Matcher.equal("__name__", "rolls_total"));
    disk.failForces(3);
    commit(DICE, ROLLS, 7, "c-1");
    await().atMost(Duration.ofMinutes(1)).until(() -> !heard.isEmpty());
    push("last");
    assertThat(heard).as("once").containsExactly("rolls dice c-1 7");
  }

  /** Keeps the log's thread busy, so that what is committed meanwhile shares the next force. */
  private static final class Hold implements CommitCallback {
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);

    @Override
    public void committed() {
      reached.countDown();
      try {
        assertThat(release.await(1, TimeUnit.MINUTES)).isTrue();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void failed(IOException reason) {}
  }

  @Test
  void hearsOnceAForceHoweverManyEventsShareIt() throws Exception {
    watch("rolls", Matcher.equal("__name__", "rolls_total"));
    watch("luck", Matcher.equal("__name__", "luck"));
    Hold hold = new Hold();
    head.whenDurable(hold);
    assertThat(hold.reached.await(1, TimeUnit.MINUTES)).isTrue();
    SenderId other = new SenderId("dice", "d-2");
    for (int i = 0; i < 100; i++) {
      commit(DICE, ROLLS, 500 - i, "c-" + i); // out of order: the newest sample came first
      commit(other, LUCK, i, "l-" + i);
    }
    CountDownLatch heardBefore = new CountDownLatch(1);
    List<String> then = new CopyOnWriteArrayList<>();
    head.whenDurable(
        new CommitCallback() {
          @Override
          public void committed() {
            then.addAll(heard);
            heardBefore.countDown();
          }

          @Override
          public void failed(IOException reason) {}
        });
    hold.release.countDown();
    assertThat(heardBefore.await(1, TimeUnit.MINUTES)).isTrue();
    assertThat(then).containsExactlyInAnyOrder("rolls dice c-99 500", "luck dice l-99 99");
    push("last");
    assertThat(heard).as("nothing twice").hasSize(2);
  }

  private void commit(SenderId sender, Labels labels, long millis, String id) throws Exception {
    try (SenderBatch batch = head.sender(sender).begin(EventKind.PUSH, null, NOW)) {
      HeadSeries series = batch.resolve(labels);
      assertThat(series).isNotNull();
      assertThat(batch.append(series, NOW + millis, 1)).isEqualTo(AppendOutcome.ACCEPTED);
      batch.commit(new Done(id));
    }
  }
}
