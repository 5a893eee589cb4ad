package dnd.metrics.server.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dnd.metrics.server.model.Deletion;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.model.UnreadableSamplesException;
import dnd.metrics.server.wal.LogOptions;
import dnd.metrics.server.wal.MemoryLogFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Older chunks of series that live are in lists outside of the heap: nobody sees a difference. */
class ListedChunksTest {
  /** The beginning of a range. */
  private static final long START = 1_700_006_400_000L;

  private static final long HOUR = 3_600_000;
  private static final long STEP = 2_000;
  private static final int SERIES = 3;

  /** A little more than a range. */
  private static final int SAMPLES = 4_000;

  private static final String LISTS = "00000002.chunks";

  /** Of the first list. */
  private static final int A_BYTE = ChunkFile.HEADER_BYTES + ChunkFile.CHUNK_HEAD_BYTES + 5;

  private static final int END_OF_LENGTH = ChunkFile.HEADER_BYTES + ChunkFile.CHUNK_HEAD_BYTES - 1;
  private static final LogOptions LOG = LogOptions.DEFAULT.withSegmentBytes(4096);

  @TempDir Path folder;
  private MemoryLogFiles disk = new MemoryLogFiles();

  private Head open() throws IOException {
    return Head.open(
        folder.resolve("data"), path -> disk, HeadOptions.DEFAULT, LOG, ReplayListener.SILENT);
  }

  private static void push(Head head, int from, int to) throws IOException {
    CommitLatch done = new CommitLatch();
    try (SenderBatch batch =
        head.sender(new SenderId("dice", "")).begin(EventKind.PUSH, null, START + STEP * to)) {
      for (int n = from; n < to; n++) {
        for (int i = 0; i < SERIES; i++) {
          HeadSeries series = batch.resolve(Labels.of("__name__", "m" + i));
          assertThat(batch.append(series, START + STEP * n, n % 17))
              .isEqualTo(AppendOutcome.ACCEPTED);
        }
      }
      batch.commit(done);
    }
    done.await();
  }

  /** The chunks are in the first file, the lists in the second. */
  private static void fillAndList(Head head) throws IOException {
    for (int n = 0; n < SAMPLES; n += 100) { // in several files of the log
      push(head, n, n + 100);
    }
    head.storeChunks();
    head.listChunks(ChunkLists.AT_HAND, ChunkLists.LEAST);
    head.storeChunks();
  }

  private static long files(Head head) {
    return head.status().maintenance().chunkFiles();
  }

  @Test
  void mostOfThemAre() throws IOException {
    try (Head head = open()) {
      push(head, 0, SAMPLES);
      Map<Labels, List<String>> before = Samples.of(head);
      int chunks = head.series(0).finished.size();
      assertThat(chunks).isBetween(33, 36);
      head.listChunks(ChunkLists.AT_HAND, ChunkLists.LEAST);
      assertThat(Listed.count(head)).as("they are in no file").isZero();
      head.storeChunks();
      head.listChunks(ChunkLists.AT_HAND, ChunkLists.LEAST);
      FinishedChunks finished = head.series(0).finished;
      assertThat(finished.size()).isEqualTo(ChunkLists.AT_HAND);
      assertThat(finished.listedCount()).isEqualTo(chunks - ChunkLists.AT_HAND);
      assertThat(finished.earliestMillis()).isEqualTo(START);
      assertThat(head.series(0).oldestMillis()).isEqualTo(START);
      assertThat(Samples.of(head)).isEqualTo(before);
      push(head, SAMPLES, SAMPLES + 300);
      head.storeChunks();
      head.listChunks(ChunkLists.AT_HAND, ChunkLists.LEAST);
      assertThat(head.series(0).finished.size()).as("too few for a list").isGreaterThan(5);
      for (int n = SAMPLES + 300; n < 5 * SAMPLES; n += 300) {
        push(head, n, n + 300);
        head.storeChunks();
        head.listChunks(ChunkLists.AT_HAND, ChunkLists.LEAST);
      }
      int lists = 0;
      for (ListedChunks list = head.series(0).finished.older; list != null; list = list.before) {
        lists++;
      }
      assertThat(lists).as("one in each range, which has thirty chunks").isBetween(5, 6);
      assertThat(Samples.of(head.series(0))).hasSize(5 * SAMPLES + 200);
      assertThat(Samples.of(head.series(1), START + STEP * 100, START + STEP * 200)).hasSize(101);
    }
  }

  @Test
  void aCheckpointHasThemAsEver() throws IOException {
    Map<Labels, List<String>> before;
    try (Head head = open()) {
      fillAndList(head);
      before = Samples.of(head);
      head.checkpoint();
      head.checkpoint();
      assertThat(disk.list()).doesNotContain("00000001.wal");
      assertThat(Samples.of(head)).isEqualTo(before);
    }
    disk = disk.kill();
    try (Head head = open()) {
      assertThat(Samples.of(head)).isEqualTo(before);
      assertThat(Listed.count(head)).isZero();
      head.storeChunks();
      assertThat(files(head)).as("nobody knows the lists any more").isEqualTo(1);
      head.listChunks(ChunkLists.AT_HAND, ChunkLists.LEAST);
      assertThat(Listed.count(head)).isPositive();
      assertThat(Samples.of(head)).isEqualTo(before);
    }
  }

  @Test
  void theyAreCutAndTheirFilesGo() throws IOException {
    try (Head head = open()) {
      fillAndList(head);
      Map<Labels, List<String>> before = Samples.of(head);
      assertThat(files(head)).isEqualTo(2);
      MemoryBlocks blocks = new MemoryBlocks();
      push(head, 3 * SAMPLES, 3 * SAMPLES + 1);
      assertThat(head.cut(blocks)).isEqualTo(2);
      assertThat(Listed.count(head)).isZero();
      blocks
          .with(head, true)
          .forEach((labels, samples) -> assertThat(samples).containsAll(before.get(labels)));
      head.checkpoint(); // the one before it needs the files no more either
      head.storeChunks();
      assertThat(files(head)).isZero();
    }
  }

  @Test
  void whatIsDeletedGoesWithItsFiles() throws IOException {
    try (Head head = open()) {
      fillAndList(head);
      HeadSeries series = head.series(1);
      FinishedChunks before = series.finished;
      head.delete(
          new Deletion(
              List.of(List.of(Matcher.equal("__name__", "m1"))),
              START + 500 * STEP,
              START + 599 * STEP));
      assertThat(Samples.of(series)).hasSize(SAMPLES - 100);
      assertThat(series.finished.listedCount()).isZero();
      assertThat(Samples.of(head.series(0))).hasSize(SAMPLES);
      head.delete(new Deletion(List.of(List.of()), 0, Long.MAX_VALUE));
      head.storeChunks();
      assertThat(files(head)).isZero();
      assertThat(before.between(START, START + HOUR, head.chunkStore()))
          .as("who read just then looks again")
          .isNull();
      assertThat(Samples.of(series)).isEmpty();
    }
  }

  @Test
  void oneThatIsParkedTakesThemWithIt() throws IOException {
    try (Head head = open()) {
      fillAndList(head);
      Map<Labels, List<String>> before = Samples.of(head);
      assertThat(Parked.park(head, Long.MAX_VALUE)).isEqualTo(SERIES);
      head.storeChunks();
      assertThat(disk.list()).doesNotContain(LISTS);
      assertThat(Samples.of(head)).isEqualTo(before);
    }
  }

  @Test
  void whatTurnedOverMeanwhileIsMended() throws IOException {
    try (Head head = open()) {
      fillAndList(head);
      Map<Labels, List<String>> before = Samples.of(head);
      byte[] file = disk.mapped(LISTS);
      for (int at : new int[] {A_BYTE, END_OF_LENGTH}) {
        file[at] ^= 0x40;
        assertThat(Samples.of(head)).isEqualTo(before);
        head.storeChunks();
        file = disk.mapped(LISTS);
        head.checkpoint();
      }
      assertThat(head.status().maintenance().mendedChunkFiles()).isEqualTo(2);
    }
  }

  /** The first list of the first series, and the parity of it. */
  private void damageBeyondMending() {
    byte[] file = disk.mapped(LISTS);
    file[A_BYTE] ^= 1;
    file[ChunkFilePages.PAGE_BYTES + A_BYTE] ^= 2;
  }

  private static AppendOutcome append(Head head, int series, long millis) throws IOException {
    CommitLatch done = new CommitLatch();
    AppendOutcome outcome;
    try (SenderBatch batch =
        head.sender(new SenderId("dice", "")).begin(EventKind.PUSH, null, millis)) {
      HeadSeries one = batch.resolve(Labels.of("__name__", "m" + series));
      outcome = batch.append(one, millis, 7);
      batch.commit(done);
    }
    done.await();
    return outcome;
  }

  /** A query for what is at hand does not see it, all others say it, and a start brings it back. */
  @Test
  void whatCannotBeMendedStaysWithItsSeries() throws IOException {
    MemoryBlocks blocks = new MemoryBlocks();
    Deletion deletion = new Deletion(List.of(List.of()), START + 500 * STEP, START + 599 * STEP);
    try (Head head = open()) {
      fillAndList(head);
      long atHand = head.series(0).finished.firstMillis(0);
      damageBeyondMending();
      assertThat(append(head, 0, atHand - 1)).isEqualTo(AppendOutcome.DAMAGED);
      assertThat(append(head, 0, START + SAMPLES * STEP)).isEqualTo(AppendOutcome.ACCEPTED);
      assertThat(head.status().maintenance().damagedSeries()).isEqualTo(1);
      assertThatThrownBy(() -> Samples.of(head))
          .isInstanceOf(UnreadableSamplesException.class)
          .hasMessageContaining(LISTS + " is damaged at byte 32")
          .hasMessageContaining("comes back with the next start");
      assertThat(Samples.of(head.series(0), atHand, Long.MAX_VALUE)).isNotEmpty();
      assertThat(Samples.of(head.series(2))).hasSize(SAMPLES);
      assertThat(Parked.park(head, Long.MAX_VALUE)).isEqualTo(SERIES - 1);

      assertThatThrownBy(() -> head.delete(deletion))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(LISTS);
      assertThat(Samples.of(head.series(1))).hasSize(SAMPLES - 100);
      assertThat(Samples.of(head.series(2))).hasSize(SAMPLES - 100);

      push(head, 3 * SAMPLES, 3 * SAMPLES + 1);
      assertThat(head.cut(blocks)).isEqualTo(2);
      assertThat(blocks.blocks()).allSatisfy(b -> assertThat(b.samples()).hasSize(SERIES - 1));
      assertThat(head.cut(blocks)).isZero();
      assertThat(Samples.of(head.series(0), atHand, Long.MAX_VALUE)).isNotEmpty();
      assertThatThrownBy(head::checkpoint)
          .isInstanceOf(IOException.class)
          .hasMessageContaining(LISTS);
      assertThat(disk.list()).contains("00000001.wal").noneMatch(n -> n.contains("checkpoint"));
    }
    disk = disk.kill();
    try (Head head = open()) {
      assertThat(Samples.of(head.series(0))).hasSize(SAMPLES - 100 + 2);
      blocks
          .with(head, false)
          .forEach((labels, samples) ->
              assertThat(samples).hasSizeBetween(SAMPLES - 100 + 1, SAMPLES - 100 + 2));
      head.checkpoint();
      assertThat(head.status().maintenance().damagedSeries()).isZero();
    }
  }

  /** The cut that finds it passes over it, too, and the next one takes it where it can be read. */
  @Test
  void aCutPassesOverWhatItFindsDamaged() throws IOException {
    try (Head head = open()) {
      fillAndList(head);
      Map<Labels, List<String>> before = Samples.of(head);
      byte[] sound = disk.mapped(LISTS).clone();
      damageBeyondMending();
      MemoryBlocks blocks = new MemoryBlocks();
      push(head, 3 * SAMPLES, 3 * SAMPLES + 1);
      assertThat(head.cut(blocks)).isEqualTo(2);
      assertThat(blocks.blocks()).allSatisfy(b -> assertThat(b.samples()).hasSize(SERIES - 1));
      assertThat(head.status().maintenance().damagedSeries()).isEqualTo(1);
      assertThat(disk.list()).noneMatch(n -> n.contains("checkpoint"));
      System.arraycopy(sound, 0, disk.mapped(LISTS), 0, sound.length);
      assertThat(head.cut(blocks)).isEqualTo(2);
      assertThat(head.status().maintenance().damagedSeries()).isZero();
      assertThat(disk.list()).anyMatch(n -> n.contains("checkpoint"));
      blocks
          .with(head, true)
          .forEach((labels, samples) -> assertThat(samples).containsAll(before.get(labels)));
    }
  }

  /** What is in a block of a series that cannot be read any more stays in the head, too. */
  @Test
  void aCutGoesOnWhereAListTurnsOverBehindItsBlock() throws IOException {
    MemoryBlocks blocks = new MemoryBlocks();
    Map<Labels, List<String>> before;
    try (Head head = open()) {
      fillAndList(head);
      before = Samples.of(head);
      push(head, 3 * SAMPLES, 3 * SAMPLES + 1);
      blocks.beforeNextLook(this::damageBeyondMending);
      assertThat(head.cut(blocks)).isEqualTo(2);
      assertThat(blocks.blocks()).allSatisfy(b -> assertThat(b.samples()).hasSize(SERIES));
      assertThat(head.status().maintenance().damagedSeries()).isEqualTo(1);
      assertThat(Samples.of(head.series(1))).hasSize(1);
      assertThat(Samples.of(head.series(2))).hasSize(1);
      assertThat(head.cut(blocks)).isZero();
    }
    disk = disk.kill();
    try (Head head = open()) {
      blocks
          .with(head, false)
          .forEach((labels, samples) -> assertThat(samples).containsAll(before.get(labels)));
    }
  }
}
