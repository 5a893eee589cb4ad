package dnd.metrics.server.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dnd.metrics.server.disk.DiskPace;
import dnd.metrics.server.model.Deletion;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.wal.LogOptions;
import dnd.metrics.server.wal.MemoryLogFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class HeadCutTest {
  private static final long MINUTE = 60_000;
  private static final long HOUR = 60 * MINUTE;
  private static final long RANGE = 2 * HOUR;

  /** The beginning of a range. */
  private static final long START = 1_700_006_400_000L;

  private static final LogOptions LOG = LogOptions.DEFAULT.withSegmentBytes(4096);

  @TempDir Path folder;
  private MemoryLogFiles disk = new MemoryLogFiles();
  private MemoryBlocks blocks = new MemoryBlocks();

  private Head open() throws IOException {
    return Head.open(
        folder.resolve("data"), path -> disk, HeadOptions.DEFAULT, LOG, ReplayListener.SILENT);
  }

  private static void push(Head head, String sender, long now, Consumer<SenderBatch> what)
      throws IOException {
    CommitLatch done = new CommitLatch();
    try (SenderBatch batch =
        head.sender(new SenderId(sender, "")).begin(EventKind.PUSH, null, now)) {
      what.accept(batch);
      batch.commit(done);
    }
    done.await();
  }

  private static void sample(Head head, String name, long time) throws IOException {
    push(
        head,
        "s",
        time,
        batch -> {
          HeadSeries series = batch.resolve(Labels.of("__name__", name));
          assertThat(batch.append(series, time, 1)).isEqualTo(AppendOutcome.ACCEPTED);
        });
  }

  @Test
  void aRangeIsCutWhenTheHeadSpansOneAndAHalf() throws IOException {
    assertThat(START % RANGE).isZero();
    try (Head head = open()) {
      assertThat(head.completeSinceMillis()).isEqualTo(Long.MAX_VALUE);
      for (long time = START + MINUTE; time < START + 3 * HOUR; time += MINUTE) {
        sample(head, "a", time);
        assertThat(head.hasRangeToCut()).isFalse();
        if (time < START + RANGE) { // it may be over for somebody whose clock is ahead
          assertThat(head.completeSinceMillis()).isEqualTo(START + MINUTE);
        }
      }
      assertThat(head.cut(blocks)).isZero();
      sample(head, "a", START + 3 * HOUR);
      assertThat(head.hasRangeToCut()).isTrue();
      assertThat(head.completeSinceMillis()).as("a range is over").isEqualTo(START + RANGE);
      assertThat(head.cut(blocks)).isEqualTo(1);
      assertThat(head.completeSinceMillis()).isEqualTo(START + RANGE);
      assertThat(head.hasRangeToCut()).isFalse();
      assertThat(blocks.blocks()).hasSize(1);
      MemoryBlocks.Block block = blocks.blocks().getFirst();
      assertThat(block.minMillis()).isEqualTo(START);
      assertThat(block.maxMillis()).isEqualTo(START + RANGE);
      assertThat(block.samples().get(Labels.of("__name__", "a")))
          .hasSize(119)
          .containsKeys(START + MINUTE, START + RANGE - MINUTE);
      assertThat(Samples.of(head).get(Labels.of("__name__", "a"))).hasSize(61);
      assertThat(head.status().minMillis()).isEqualTo(START + RANGE);
    }
    disk = disk.kill();
    try (Head head = open()) {
      assertThat(Samples.of(head).get(Labels.of("__name__", "a"))).hasSize(61);
      assertThat(head.hasRangeToCut()).isFalse();
      assertThat(head.completeSinceMillis()).as("what time is it?").isEqualTo(Long.MAX_VALUE);
      sample(head, "b", START + 3 * HOUR + MINUTE);
      assertThat(head.completeSinceMillis()).isEqualTo(START + RANGE);
      sample(head, "b", START + 6 * HOUR);
      assertThat(head.completeSinceMillis()).isEqualTo(START + 2 * RANGE);
      assertThat(blocks.with(head, true).get(Labels.of("__name__", "a"))).hasSize(180);
    }
  }

  @Test
  void whatComesLateIsKnownAndCut() throws IOException {
    try (Head head = open()) {
      sample(head, "a", START + MINUTE);
      sample(head, "a", START + 3 * HOUR);
      assertThat(head.hasLateToCut()).isFalse();
      head.cut(blocks);
      assertThat(head.hasLateToCut()).isFalse();
      sample(head, "late", START + 2 * MINUTE);
      assertThat(head.hasRangeToCut()).isFalse();
      assertThat(head.hasLateToCut()).isTrue();
      assertThat(head.cut(blocks)).isEqualTo(1);
      assertThat(head.hasLateToCut()).isFalse();
      assertThat(blocks.blocks()).hasSize(2);
      assertThat(blocks.blocks().getLast().samples())
          .containsOnlyKeys(Labels.of("__name__", "late"));
    }
  }

  private static void sampleOf(Head head, String sender, long time) throws IOException {
    push(
        head,
        sender,
        time,
        batch -> {
          HeadSeries series = batch.resolve(Labels.of("__name__", "m", "sender", sender));
          assertThat(batch.append(series, time, 1)).isEqualTo(AppendOutcome.ACCEPTED);
        });
  }

  @Test
  void whoAreBehindAreCutByTheirOwnTime() throws IOException {
    try (Head head = open()) {
      long now = START + 100 * HOUR;
      sampleOf(head, "live", now - 3 * HOUR);
      sampleOf(head, "live", now);
      assertThat(head.cut(blocks)).isEqualTo(1);
      sampleOf(head, "late", now - 3 * HOUR); // who is not behind waits for the next cut of all
      sampleOf(head, "late", now);
      assertThat(head.hasRangeToCut()).isFalse();
      assertThat(head.caughtUpMillis()).isEqualTo(Long.MIN_VALUE);
      sampleOf(head, "north", START + MINUTE);
      sampleOf(head, "south", START + MINUTE);
      sampleOf(head, "north", START + 5 * HOUR);
      sampleOf(head, "south", START + 3 * HOUR - MINUTE);
      assertThat(head.caughtUpMillis()).isEqualTo(Long.MIN_VALUE);
      sampleOf(head, "south", START + 3 * HOUR);
      assertThat(head.caughtUpMillis()).isEqualTo(START + RANGE);
      assertThat(head.writeBlocks(blocks, START + RANGE, DiskPace.UNPACED)).isEqualTo(1);
      assertThat(head.caughtUpMillis()).isEqualTo(Long.MIN_VALUE);
      assertThat(blocks.blocks().getLast().minMillis()).isEqualTo(START);
      assertThat(blocks.blocks().getLast().samples()).hasSize(2);
      assertThat(Samples.of(head).get(Labels.of("__name__", "m", "sender", "north"))).hasSize(1);
      assertThat(Samples.of(head).get(Labels.of("__name__", "m", "sender", "south"))).hasSize(2);
      sampleOf(head, "south", START + 8 * HOUR);
      assertThat(head.caughtUpMillis()).isEqualTo(START + 2 * RANGE);
      assertThat(head.cut(blocks)).isEqualTo(4); // all that is late, of whomever
      assertThat(head.caughtUpMillis()).isEqualTo(Long.MIN_VALUE);
      assertThat(head.hasLateToCut()).isFalse();
    }
  }

  @Test
  @Timeout(120)
  void maintenanceCutsARangeOfThoseWhoAreBehindOnce() throws Exception {
    try (Head head = open()) {
      long now = START + 100 * HOUR;
      sampleOf(head, "live", now - 3 * HOUR);
      sampleOf(head, "live", now);
      assertThat(head.cut(blocks)).isEqualTo(1);
      sampleOf(head, "north", START + MINUTE);
      sampleOf(head, "north", START + 3 * HOUR);
      head.startMaintenance(blocks);
      await().atMost(Duration.ofMinutes(1)).until(() -> head.status().maintenance().blocks() == 2);
      // Another series of the sender that is farther behind, as of another host.
      push(
          head,
          "north",
          now,
          batch -> batch.append(batch.resolve(Labels.of("__name__", "n")), START + 2 * MINUTE, 1));
      sampleOf(head, "north", START + 5 * HOUR);
      await().atMost(Duration.ofMinutes(1)).until(() -> head.status().maintenance().blocks() == 4);
      assertThat(blocks.blocks().stream().map(MemoryBlocks.Block::minMillis))
          .containsExactly(now - 4 * HOUR, START, START, START + RANGE);
    }
  }

  @Test
  void aSeriesThatLeftTheHeadCanBeEnded() throws IOException {
    Labels labels = Labels.of("__name__", "a");
    try (Head head = open()) {
      sample(head, "a", START + MINUTE);
      sample(head, "b", START + 3 * HOUR);
      assertThat(head.cut(blocks)).isEqualTo(1);
      assertThat(Samples.of(head)).containsOnlyKeys(Labels.of("__name__", "b"));
      List<AppendOutcome> outcomes = new ArrayList<>();
      push(
          head,
          "s",
          START + 3 * HOUR,
          batch -> {
            HeadSeries series = batch.resolve(labels);
            outcomes.add(batch.end(series, START + 3 * HOUR));
            outcomes.add(batch.end(series, START + 3 * HOUR + 1));
          });
      assertThat(outcomes).containsExactly(AppendOutcome.ACCEPTED, AppendOutcome.DUPLICATE);
      assertThat(blocks.with(head, true).get(labels))
          .hasSize(2)
          .last()
          .asString()
          .contains("NaN:7ff0000000000002");
    }
    disk = disk.kill();
    try (Head head = open()) {
      assertThat(Samples.of(head).get(labels))
          .singleElement()
          .asString()
          .contains("NaN:7ff0000000000002");
    }
  }

  private static final long LAG = 9 * HOUR;

  /** An event of a sender whose times lie hours behind those at which it is received. */
  private static void lagging(Head head, EventKind kind, long time, String... names)
      throws IOException {
    CommitLatch done = new CommitLatch();
    try (SenderBatch batch =
        head.sender(new SenderId("lags", "")).begin(kind, "event at " + time, time + LAG)) {
      for (String name : names) {
        HeadSeries series = batch.resolve(Labels.of("__name__", name));
        assertThat(batch.append(series, time, 1)).isEqualTo(AppendOutcome.ACCEPTED);
      }
      batch.commit(done);
    }
    done.await();
  }

  private void endsAt(Head head, String name, long time) {
    assertThat(blocks.with(head, true).get(Labels.of("__name__", name)))
        .as(name)
        .last()
        .asString()
        .startsWith(time + "=")
        .contains("NaN:7ff0000000000002");
  }

  @Test
  void seriesOfASenderThatLagsLeaveByItsOwnTimes() throws IOException {
    try (Head head = open()) {
      sample(head, "now", START + LAG);
      lagging(head, EventKind.REPORT, START, "a", "b", "c");
      head.cut(blocks);
      assertThat(head.hasLateToCut()).isFalse();
      lagging(head, EventKind.REPORT, START + MINUTE, "a", "b");
      endsAt(head, "c", START + MINUTE);
      head.cut(blocks);
    }
    disk = disk.kill();
    try (Head head = open()) {
      head.cut(blocks);
      lagging(head, EventKind.REPORT, START + 2 * MINUTE, "a");
      endsAt(head, "b", START + 2 * MINUTE);
      sample(head, "now", START + LAG + HOUR + 2 * MINUTE);
      head.cut(blocks);
      assertThat(Samples.of(head)).as("while it may send").containsKey(labels("a"));
      sample(head, "now", START + LAG + HOUR + 2 * MINUTE + 1);
      head.cut(blocks);
      assertThat(Samples.of(head)).as("once it is silent").containsOnlyKeys(labels("now"));
    }
  }

  @Test
  void seriesOfASenderThatLagsEndWithIt() throws IOException {
    try (Head head = open()) {
      sample(head, "now", START + LAG);
      lagging(head, EventKind.PUSH, START, "a", "b");
      lagging(head, EventKind.PUSH, START + 3 * HOUR, "a");
      head.cut(blocks);
      assertThat(Samples.of(head)).as("by its own times").doesNotContainKey(labels("b"));
      lagging(head, EventKind.END, START + 3 * HOUR + MINUTE);
      endsAt(head, "a", START + 3 * HOUR + MINUTE + LAG); // when that is received
    }
  }

  private static Labels labels(String name) {
    return Labels.of("__name__", name);
  }

  private static Deletion of(String name, long from, long to) {
    return new Deletion(List.of(List.of(Matcher.equal("__name__", name))), from, to);
  }

  @Test
  void whatIsDeletedWhileItIsCutIsNotInTheBlock() throws IOException {
    try (Head head = open()) {
      sample(head, "a", START + 10);
      sample(head, "a", START + 20);
      sample(head, "b", START + 30);
      sample(head, "b", START + 3 * HOUR);
      blocks.beforeNextLook(() -> {
        try {
          head.delete(of("a", START + 20, Long.MAX_VALUE));
          sample(head, "a", START + 20); // it comes anew, and counts
          sample(head, "a", START + 21);
          head.delete(of("a", START + 20, START + 20));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      });
      assertThat(head.cut(blocks)).isZero();
      assertThat(head.hasRangeToCut()).isTrue();
      assertThat(head.cut(blocks)).isEqualTo(1);
      assertThat(head.hasRangeToCut()).isFalse();
      assertThat(blocks.blocks().getFirst().samples())
          .containsOnlyKeys(Labels.of("__name__", "a"), Labels.of("__name__", "b"));
      assertThat(blocks.with(head, true).get(Labels.of("__name__", "a")))
          .containsExactly(START + 10 + "=1.0", START + 21 + "=1.0");
    }
  }

  @Test
  void aSampleOfBeforeADeletionMayComeAnew() throws IOException {
    try (Head head = open()) {
      for (long time = START; time < START + 300; time++) {
        sample(head, "a", time);
      }
      head.delete(of("a", START + 100, START + 400));
      assertThat(Samples.of(head).get(Labels.of("__name__", "a"))).hasSize(100);
      sample(head, "a", START + 299); // as the newest
      sample(head, "a", START + 150); // as a late one
      assertThat(Samples.of(head).get(Labels.of("__name__", "a")))
          .hasSize(102)
          .endsWith(START + 150 + "=1.0", START + 299 + "=1.0");
      head.delete(of("a", START + 299, START + 299));
      sample(head, "a", START + 200);
      head.checkpoint();
      head.delete(of("a", START + 50, START + 149));
    }
    disk = disk.kill();
    try (Head head = open()) {
      assertThat(Samples.of(head).get(Labels.of("__name__", "a")))
          .hasSize(52)
          .endsWith(START + 49 + "=1.0", START + 150 + "=1.0", START + 200 + "=1.0");
      head.delete(of("a", Long.MIN_VALUE, Long.MAX_VALUE));
      assertThat(Samples.of(head)).containsOnly(Map.entry(Labels.of("__name__", "a"), List.of()));
      assertThat(head.labelNames(List.of(), 0, START + HOUR)).isEmpty();
    }
  }

  @Test
  void aTotalGoesOnThoughItsSamplesAreDeleted() throws IOException {
    Labels labels = Labels.of("__name__", "total");
    try (Head head = open()) {
      for (int i = 0; i < 3; i++) {
        long time = START + 10_000L * i;
        push(head, "s", time, batch -> batch.addDelta(batch.resolve(labels), time, 2));
      }
      head.delete(of("total", START, START + 20_000));
      assertThat(Samples.of(head).get(labels)).isEmpty();
    }
    disk = disk.kill();
    try (Head head = open()) {
      long time = START + 30_000;
      push(head, "s", time, batch -> batch.addDelta(batch.resolve(labels), time, 2));
      assertThat(Samples.of(head).get(labels)).containsExactly(time + "=8.0");
    }
  }

  @Test
  void whatComesLateIsCutWithTheNextRange() throws IOException {
    try (Head head = open()) {
      sample(head, "a", START + 10);
      sample(head, "a", START + 3 * HOUR);
      assertThat(head.cut(blocks)).isEqualTo(1);
      sample(head, "late", START + 20);
      assertThat(head.hasRangeToCut()).isFalse();
      assertThat(head.cut(blocks)).isEqualTo(1); // asked for, it is cut at once
      sample(head, "late2", START - 5 * RANGE);
      sample(head, "a", START + 5 * HOUR);
      assertThat(head.hasRangeToCut()).isTrue();
      assertThat(head.cut(blocks)).isEqualTo(2);
      assertThat(blocks.blocks())
          .extracting(MemoryBlocks.Block::minMillis)
          .containsExactly(START, START, START - 5 * RANGE, START + RANGE);
    }
  }

  @Test
  void samplesOutOfOrderGoIntoTheirPlace() throws IOException {
    try (Head head = open()) {
      for (int i = 0; i < 300; i++) {
        sample(head, "a", START + i * 20_000L + (i % 3 == 1 ? -25_000L : 0));
      }
      List<String> before = Samples.of(head).get(Labels.of("__name__", "a"));
      sample(head, "b", START + 3 * HOUR);
      assertThat(head.cut(blocks)).isEqualTo(2);
      assertThat(blocks.with(head, true).get(Labels.of("__name__", "a"))).isEqualTo(before);
      assertThat(Samples.of(head)).containsOnlyKeys(Labels.of("__name__", "b"));
    }
  }

  @Test
  void seriesWithoutSamplesLeaveTheHead() throws IOException {
    try (Head head = open()) {
      sample(head, "stays", START);
      AtomicReference<@Nullable HeadSeries> over = new AtomicReference<>();
      for (int i = 0; i < 5000; i++) {
        Labels labels = Labels.of("__name__", "goes", "pod", "p" + i, "kind", "k" + i % 7);
        push(
            head,
            "pods",
            START + i,
            batch -> {
              HeadSeries series = batch.resolve(labels);
              over.set(series);
              batch.append(series, START, 1);
            });
      }
      push(
          head,
          "pods",
          START,
          batch -> {
            batch.addDelta(batch.resolve(Labels.of("__name__", "total")), START, 5);
          });
      sample(head, "stays", START + 3 * HOUR);
      head.cut(blocks);
      assertThat(head.status().series()).isEqualTo(2); // "total" goes on where it stood
      assertThat(head.select(List.of(Matcher.equal("kind", "k3")), 0, Long.MAX_VALUE)).isEmpty();
      assertThat(head.labelNames(List.of(), 0, Long.MAX_VALUE)).containsExactly("__name__");
      assertThat(head.labelValues("pod", List.of(), 0, Long.MAX_VALUE)).isEmpty();
      assertThat(over.get().isLive()).isFalse();
      push(
          head,
          "pods",
          START + 3 * HOUR,
          batch -> {
            HeadSeries again = batch.resolve(over.get().labels());
            assertThat(again).isNotSameAs(over.get());
            batch.append(again, START + 3 * HOUR, 2);
            batch.addDelta(batch.resolve(Labels.of("__name__", "total")), START + 3 * HOUR, 1);
          });
      assertThat(Samples.of(head))
          .containsEntry(over.get().labels(), List.of(START + 3 * HOUR + "=2.0"))
          .containsEntry(Labels.of("__name__", "total"), List.of(START + 3 * HOUR + "=6.0"));
      assertThat(head.select(List.of(Matcher.equal("kind", "k" + 4999 % 7)), 0, Long.MAX_VALUE))
          .hasSize(1);
    }
    disk = disk.kill();
    try (Head head = open()) {
      assertThat(head.status().series()).isEqualTo(3);
    }
  }

  /** It was judged when it came, when the head did not have the series. */
  @Test
  void aSampleOfASeriesThatHadLeftIsThereAfterAStartThatHasTheSeries() throws IOException {
    try (Head head = open()) {
      sample(head, "a", START + HOUR);
      head.checkpoint();
      sample(head, "b", START + 4 * HOUR);
      head.cut(blocks);
      assertThat(head.status().series()).isEqualTo(1);
      sample(head, "a", START + MINUTE);
    }
    disk = disk.kill();
    List<String> checkpoints = new ArrayList<>(disk.list());
    checkpoints.removeIf(name -> !name.endsWith(".checkpoint"));
    String newest = checkpoints.getLast(); // the older one has the series
    disk.flipBit(newest, 4L * disk.contentOf(newest).length);
    try (Head head = open()) {
      assertThat(blocks.with(head, false).get(Labels.of("__name__", "a")))
          .containsExactly(START + MINUTE + "=1.0", START + HOUR + "=1.0");
    }
  }

  /** The record that defines the series is damaged: who sends again sends both. */
  @Test
  void anEventOfWhichNotAllCanBePlacedIsTakenInOnceMore() throws IOException {
    try (Head head = open()) {
      sample(head, "named", START);
      sample(head, "a", START);
      CommitLatch done = new CommitLatch();
      try (SenderBatch batch =
          head.sender(new SenderId("s", "")).begin(EventKind.PUSH, "id", START)) {
        batch.append(batch.resolve(Labels.of("__name__", "a")), START + MINUTE, 2);
        batch.commit(done);
      }
      done.await();
    }
    disk = disk.kill();
    String log = "00000001.wal";
    String content = new String(disk.contentOf(log), StandardCharsets.ISO_8859_1);
    disk.flipBit(log, 8L * content.lastIndexOf(Labels.METRIC_NAME));
    Reports reports = new Reports();
    try (Head head =
        Head.open(
            folder.resolve("data"),
            path -> disk,
            HeadOptions.DEFAULT,
            LogOptions.DEFAULT,
            reports)) {
      assertThat(reports.lines).anyMatch(line -> line.contains("whose definition is lost"));
      try (SenderBatch batch =
          head.sender(new SenderId("s", "")).begin(EventKind.PUSH, "id", START)) {
        assertThat(batch.isDuplicate()).isFalse();
      }
    }
  }

  @Test
  void aSenderThatIsGoneForLongIsForgottenAndMayComeBack() throws IOException {
    try (Head head = open()) {
      sample(head, "a", START);
      Sender other = head.sender(new SenderId("other", ""));
      push(
          head,
          "other",
          START,
          batch -> batch.addDelta(batch.resolve(Labels.of("__name__", "total")), START, 5));
      sample(head, "a", START + 25 * HOUR);
      sample(head, "a", START + 27 * HOUR);
      head.cut(blocks);
      for (int hour = 29; hour <= 31; hour += 2) {
        assertThat(head.status().senders()).isEqualTo(2); // until both checkpoints lack its series
        sample(head, "a", START + hour * HOUR);
        head.cut(blocks);
      }
      assertThat(head.status().senders()).isEqualTo(1);
      assertThat(head.status().samplesAppended()).isEqualTo(6);
      CommitLatch done = new CommitLatch();
      try (SenderBatch batch = other.begin(EventKind.PUSH, "id", START + 31 * HOUR)) {
        batch.addDelta(batch.resolve(Labels.of("__name__", "total")), START + 31 * HOUR, 1);
        batch.commit(done);
      }
      done.await();
      assertThat(head.status().senders()).isEqualTo(2);
      assertThat(Samples.of(head))
          .containsEntry(Labels.of("__name__", "total"), List.of(START + 31 * HOUR + "=1.0"));
      try (SenderBatch batch =
          head.sender(other.id()).begin(EventKind.PUSH, "id", START + 31 * HOUR)) {
        assertThat(batch.isDuplicate()).isTrue();
      }
    }
  }

  @Test
  void aSenderThatLeavesMakesRoomForAnother() throws IOException {
    HeadOptions one = HeadOptions.DEFAULT.withSenderLimitPerService(1);
    try (Head head =
        Head.open(folder.resolve("data"), path -> disk, one, LOG, ReplayListener.SILENT)) {
      Labels total = Labels.of("__name__", "total");
      Sender first = head.sender(new SenderId("other", ""));
      push(head, "other", START, batch -> batch.addDelta(batch.resolve(total), START, 5));
      SenderId second = new SenderId("other", "second");
      sample(head, "a", START + 25 * HOUR);
      sample(head, "a", START + 27 * HOUR);
      head.cut(blocks);
      for (int hour = 29; hour <= 31; hour += 2) {
        assertThatThrownBy(() -> head.sender(second)).isInstanceOf(SenderLimitException.class);
        sample(head, "a", START + hour * HOUR);
        head.cut(blocks);
      }
      assertThat(head.sender(second).id()).isEqualTo(second);
      assertThatThrownBy(() -> first.begin(EventKind.PUSH, "id", START + 31 * HOUR))
          .as("the first one comes back")
          .isInstanceOf(SenderLimitException.class);
    }
  }

  @Test
  void whatCannotBeWrittenStays() throws IOException {
    try (Head head = open()) {
      for (int i = 0; i < 10; i++) {
        sample(head, "a" + i, START + i);
        sample(head, "a" + i, START + RANGE + i);
      }
      sample(head, "a0", START + 6 * HOUR);
      Map<Labels, List<String>> before = Samples.of(head);
      blocks.failAtSeries(5);
      assertThatThrownBy(() -> head.cut(blocks)).hasMessage("No space left on device");
      assertThat(Samples.of(head)).isEqualTo(before);
      assertThat(head.hasRangeToCut()).isTrue();
      assertThat(head.cut(blocks)).isEqualTo(2);
      assertThat(blocks.with(head, true)).isEqualTo(before);
    }
  }

  /** One head is cut, killed and brought back, the other is left alone: together the same. */
  @Test
  void nothingIsLostOrDoubledByCuts() throws IOException {
    int seeds = Integer.getInteger("fault.seeds", 20);
    int cuts = 0;
    for (int seed = 0; seed < seeds; seed++) {
      disk = new MemoryLogFiles();
      blocks = new MemoryBlocks();
      Random random = new Random(seed);
      RandomEvents events =
          seed % 2 == 0 ? RandomEvents.pushes(seed) : RandomEvents.wholeValues(seed);
      boolean once = true;
      try (Head steady =
          Head.open(
              folder.resolve("steady" + seed),
              path -> new MemoryLogFiles(),
              HeadOptions.DEFAULT,
              LOG,
              ReplayListener.SILENT)) {
        for (int life = 0; life < 4; life++) {
          MemoryLogFiles before = disk;
          Head head = open();
          for (int n = random.nextInt(100); n > 0; n--) {
            events.next().applyTo(head, steady);
            switch (random.nextInt(30)) {
              case 0 -> head.checkpoint();
              case 1, 2 -> cuts += head.cut(blocks);
              case 3 -> {
                blocks.failAtSeries(random.nextInt(3));
                cutThatMayFail(head);
              }
              case 4 -> once &= cutWithoutCheckpoint(head) == 0;
              case 5, 6, 7, 8, 9, 10 -> head.storeChunks();
              case 11, 12, 13 -> head.finishSilent(Long.MAX_VALUE);
              case 14, 15, 16, 17, 18 -> head.listChunks(1, 1);
              default -> {}
            }
          }
          same(
              blocks.with(head, once),
              Samples.of(steady),
              seed % 2 == 0,
              "seed " + seed + " life " + life);
          disk = random.nextBoolean() ? before.kill() : before.cutPower(random);
          MemoryLogFiles.closeDead(head);
        }
        try (Head head = open()) {
          same(blocks.with(head, once), Samples.of(steady), seed % 2 == 0, "seed " + seed);
        }
      }
    }
    assertThat(cuts).isPositive();
  }

  private static void same(
      Map<Labels, List<String>> found,
      Map<Labels, List<String>> expected,
      boolean markers,
      String where) {
    assertThat(found.keySet()).as(where).isEqualTo(expected.keySet());
    expected.forEach((labels, samples) ->
        assertThat(markers ? found.get(labels) : withoutMarkers(found.get(labels)))
            .as("%s %s", where, labels)
            .isEqualTo(markers ? samples : withoutMarkers(samples)));
  }

  /** A series that had left the head when its sender ended has no marker of it. */
  private static List<String> withoutMarkers(List<String> samples) {
    return samples.stream().filter(s -> !s.endsWith("=stale") && !s.contains("=NaN")).toList();
  }

  private void cutThatMayFail(Head head) {
    try {
      head.cut(blocks);
    } catch (IOException e) {
      assertThat(e).hasMessage("No space left on device");
    }
    blocks.failAtSeries(-1);
  }

  /** As if the service died behind the blocks: after a start it has their samples once more. */
  private int cutWithoutCheckpoint(Head head) throws IOException {
    return head.writeBlocks(blocks, Long.MAX_VALUE, DiskPace.UNPACED);
  }

  /** Whoever takes the head's reader first and the blocks then sees every sample there was. */
  @Test
  void readersMissNothingMeanwhile() throws Exception {
    int events = 2_000;
    try (Head head = open()) {
      AtomicLong acknowledged = new AtomicLong(-1);
      AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
      Thread writer =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  for (int n = 0; n < events && failure.get() == null; n++) {
                    int number = n;
                    push(
                        head,
                        "s",
                        START + 5 * MINUTE * n,
                        batch -> {
                          for (int i = 0; i < 4; i++) {
                            HeadSeries series = batch.resolve(Labels.of("__name__", "m" + i));
                            batch.append(series, START + 5 * MINUTE * number, number);
                          }
                        });
                    acknowledged.set(n);
                  }
                } catch (IOException | RuntimeException | AssertionError e) {
                  failure.set(e);
                }
              });
      Thread cutter =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  while (writer.isAlive()) {
                    head.finishSilent(Long.MAX_VALUE);
                    head.storeChunks();
                    head.listChunks(1, 1);
                    head.cut(blocks);
                  }
                } catch (IOException | RuntimeException | AssertionError e) {
                  failure.set(e);
                }
              });
      while (writer.isAlive()) {
        long atLeast = acknowledged.get();
        for (HeadSeries series : head.select(List.of(), Long.MIN_VALUE, Long.MAX_VALUE)) {
          TreeMap<Long, String> all = new TreeMap<>();
          for (String sample : Samples.of(series)) {
            all.put(Long.parseLong(sample, 0, sample.indexOf('='), 10), sample);
          }
          for (MemoryBlocks.Block block : blocks.blocks()) {
            all.putAll(block.samples().getOrDefault(series.labels(), new TreeMap<>()));
          }
          List<Long> missing = new ArrayList<>();
          for (long n = 0; n <= atLeast; n++) {
            if (!all.containsKey(START + 5 * MINUTE * n)) {
              missing.add(n);
            }
          }
          assertThat(missing).as("of %d", atLeast).isEmpty();
        }
      }
      cutter.join();
      assertThat(failure.get()).isNull();
      assertThat(blocks.blocks()).isNotEmpty();
      assertThat(acknowledged).hasValue(events - 1);
    }
  }
}
