package dnd.metrics.server.head;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dnd.metrics.server.disk.DiskPace;
import dnd.metrics.server.model.Deletion;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.UnreadableSamplesException;
import dnd.metrics.server.wal.LogOptions;
import dnd.metrics.server.wal.MemoryLogFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bits of finished chunks turn over on the disk while the service runs. */
class DamagedChunksTest {
  /** The beginning of a range. */
  private static final long START = 1_700_006_400_000L;

  private static final long STEP = 2_000;
  private static final long LATER = START + 4 * HeadSeries.RANGE_MILLIS;

  /** A little more than a range. */
  private static final int SAMPLES = 4_000;

  /** All chunks of the first series, and nothing else. */
  private static final String FILE = "00000001.chunks";

  /** On the second page. */
  private static final int A_BYTE = ChunkFilePages.PAGE_BYTES + 500;

  private static final LogOptions LOG = LogOptions.DEFAULT.withSegmentBytes(4096);
  private static final Deletion DELETION =
      new Deletion(List.of(List.of()), START, START + 99 * STEP);

  @TempDir Path folder;
  private MemoryLogFiles disk = new MemoryLogFiles();

  private Head open() throws IOException {
    return Head.open(
        folder.resolve("data"), path -> disk, HeadOptions.DEFAULT, LOG, ReplayListener.SILENT);
  }

  /** Pushes samples, a step from one to the next; what became of the last one. */
  private static AppendOutcome push(Head head, String name, long millis, int samples)
      throws IOException {
    CommitLatch done = new CommitLatch();
    AppendOutcome outcome = AppendOutcome.ACCEPTED;
    try (SenderBatch batch =
        head.sender(new SenderId("dice", "")).begin(EventKind.PUSH, null, millis)) {
      HeadSeries series = batch.resolve(Labels.of("__name__", name));
      for (int n = 0; n < samples; n++) {
        outcome =
            batch.append(series, millis + n * STEP, Math.sqrt((double) (millis % 100_000 + n)));
      }
      batch.commit(done);
    }
    done.await();
    return outcome;
  }

  private static void fill(Head head) throws IOException {
    for (int series = 0; series < 3; series++) {
      for (int n = 0; n < SAMPLES; n += 100) { // in several files of the log
        push(head, "m" + series, START + STEP * n, 100);
      }
      head.storeChunks();
    }
  }

  /** The kernel brings a page back from the disk, on which something turned over. */
  private void turnOver(Head head, int at) {
    disk.mapped(FILE)[at] ^= 4;
    head.chunkStore().unloadAllBut(0);
  }

  /** A page and the next one, which have the same parity. */
  private void damageBeyondMending(Head head, int page) {
    turnOver(head, page * ChunkFilePages.PAGE_BYTES + 500);
    turnOver(head, (page + 1) * ChunkFilePages.PAGE_BYTES + 500);
  }

  private static HeadStatus.Maintenance figures(Head head) {
    return head.status().maintenance();
  }

  private static void assertNoCheckpoint(Head head, String file) {
    assertThatThrownBy(head::checkpoint).isInstanceOf(IOException.class).hasMessageContaining(file);
  }

  @Test
  void aQueryMendsWhatItReads() throws IOException {
    try (Head head = open()) {
      fill(head);
      Map<Labels, List<String>> before = Samples.of(head);
      byte[] sound = disk.contentOf(FILE);
      for (int at : new int[] {40, ChunkFile.HEADER_BYTES, ChunkFile.HEADER_BYTES + 14, A_BYTE}) {
        byte[] damaged = sound.clone();
        damaged[at] ^= 4;
        disk.setContent(FILE, damaged);
        turnOver(head, at);
        assertThat(Samples.of(head)).as("byte %d", at).isEqualTo(before);
        head.storeChunks();
        assertThat(disk.contentOf(FILE)).as("on the disk, too").isEqualTo(sound);
      }
      assertThat(figures(head).mendedChunkFiles()).isEqualTo(4);
      assertThat(figures(head).damagedSeries()).isZero();
    }
  }

  /** Also a page that was sound when it was read before. */
  @Test
  void aCutLooksAtAllThatItReads() throws IOException {
    MemoryBlocks blocks = new MemoryBlocks();
    try (Head head = open()) {
      fill(head);
      Map<Labels, List<String>> before = Samples.of(head);
      disk.mapped(FILE)[A_BYTE] ^= 4;
      push(head, "m1", LATER, 1);
      assertThat(head.cut(blocks)).isEqualTo(2);
      assertThat(figures(head).mendedChunkFiles()).isEqualTo(1);
      blocks
          .with(head, true)
          .forEach((labels, samples) -> assertThat(samples).containsAll(before.get(labels)));
    }
  }

  @Test
  void whatCannotBeMendedStaysWithItsSeries() throws IOException {
    MemoryBlocks blocks = new MemoryBlocks();
    try (Head head = open()) {
      fill(head);
      damageBeyondMending(head, 1);
      HeadSeries first = head.series(0);
      assertThatThrownBy(() -> Samples.of(first))
          .isInstanceOf(UnreadableSamplesException.class)
          .hasMessageContaining(FILE + " is damaged near byte ")
          .hasMessageContaining("come back with the next start");
      assertThat(figures(head).damagedSeries()).isEqualTo(1);
      assertThat(Samples.of(first, START, START + 100 * STEP)).as("on a sound page").hasSize(101);
      assertThat(Samples.of(first, START + (SAMPLES - 10) * STEP, Long.MAX_VALUE)).hasSize(10);
      assertThat(Samples.of(head.series(1))).hasSize(SAMPLES);

      assertThatThrownBy(() -> head.delete(DELETION))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(FILE);
      assertThat(Samples.of(first, START, START + 100 * STEP)).hasSize(101);
      assertThat(Samples.of(head.series(1))).hasSize(SAMPLES - 100);

      assertThat(push(head, "m0", LATER, 1)).isEqualTo(AppendOutcome.ACCEPTED);
      assertThat(Parked.park(head, Long.MAX_VALUE)).isEqualTo(3);
      assertThat(head.cut(blocks)).isEqualTo(2);
      assertThat(blocks.blocks()).allSatisfy(b -> assertThat(b.samples()).hasSize(2));
      assertNoCheckpoint(head, FILE);
      assertThat(disk.list()).contains("00000001.wal").noneMatch(n -> n.contains("checkpoint"));
    }
    disk = disk.kill();
    try (Head head = open()) {
      assertThat(Samples.of(head.series(0))).hasSize(SAMPLES - 100 + 1);
      blocks
          .with(head, false)
          .forEach((labels, samples) ->
              assertThat(samples).hasSizeBetween(SAMPLES - 100, SAMPLES - 100 + 1));
      head.checkpoint();
      assertThat(figures(head).damagedSeries()).isZero();
    }
  }

  /** A sample that came late cannot be told from one that is there, where that cannot be read. */
  @Test
  void whatComesLateWhereItIsDamagedIsRefused() throws IOException {
    try (Head head = open()) {
      fill(head);
      damageBeyondMending(head, 5);
      assertThat(push(head, "m0", START + (SAMPLES - 10) * STEP + 1, 1))
          .isEqualTo(AppendOutcome.ACCEPTED);
      int refused = 0;
      for (int n = SAMPLES - 890; n < SAMPLES; n += 10) { // half an hour of them may come late
        refused += push(head, "m0", START + n * STEP + 1, 1) == AppendOutcome.DAMAGED ? 1 : 0;
      }
      assertThat(refused).isPositive();
      assertThat(figures(head).damagedSeries()).isEqualTo(1);
    }
  }

  @Test
  void aParkedOneIsDamagedWhereAChunkOfItIs() throws IOException {
    try (Head head = open()) {
      fill(head);
      Map<Labels, List<String>> before = Samples.of(head);
      assertThat(Parked.park(head, Long.MAX_VALUE)).isEqualTo(3);
      byte[] sound = disk.mapped(FILE).clone();
      damageBeyondMending(head, 1);
      for (int n = 0; n < 2; n++) {
        assertThatThrownBy(() -> Samples.of(head))
            .isInstanceOf(UnreadableSamplesException.class)
            .hasMessageContaining(FILE);
        assertThat(figures(head).damagedSeries()).isEqualTo(1);
        assertNoCheckpoint(head, FILE);
      }
      assertThat(Parked.count(head)).isEqualTo(3);
      System.arraycopy(sound, 0, disk.mapped(FILE), 0, sound.length);
      head.checkpoint();
      assertThat(Samples.of(head)).isEqualTo(before);
      assertThat(figures(head).damagedSeries()).isZero();
    }
  }

  /** When the last chunk ends cannot be read: the open one behind it is there all the same. */
  @Test
  void theLastChunkOfAParkedOneMayBeDamaged() throws IOException {
    try (Head head = open()) {
      fill(head);
      push(head, "m0", START + SAMPLES * STEP, 83); // eighty end the chunk that was open
      assertThat(Parked.park(head, Long.MAX_VALUE)).isEqualTo(3);
      byte[] last = disk.mapped("00000004.chunks");
      last[500] ^= 4;
      last[ChunkFilePages.PAGE_BYTES + 500] ^= 4; // its parity
      head.chunkStore().unloadAllBut(0);
      HeadSeries one = requireNonNull(head.directory().toRead(0));
      long openMillis = START + (SAMPLES + 80) * STEP;
      assertThat(Samples.of(one, openMillis, Long.MAX_VALUE)).hasSize(3);
      assertThat(figures(head).damagedSeries()).isZero();
      assertThatThrownBy(() -> Samples.of(one, openMillis - 1, Long.MAX_VALUE))
          .isInstanceOf(UnreadableSamplesException.class)
          .hasMessageContaining("00000004.chunks");
      assertThat(figures(head).damagedSeries()).isEqualTo(1);
      assertNoCheckpoint(head, "00000004.chunks");
    }
  }

  /** Otherwise a checkpoint would have it, behind the record that says that it is deleted. */
  @Test
  void whatIsDeletedOfADamagedOneIsDeletedByTheNextStart() throws IOException {
    try (Head head = open()) {
      fill(head);
      byte[] sound = disk.mapped(FILE).clone();
      damageBeyondMending(head, 1);
      assertThatThrownBy(() -> head.delete(DELETION)).isInstanceOf(IOException.class);
      System.arraycopy(sound, 0, disk.mapped(FILE), 0, sound.length);
      assertThat(Samples.of(head.series(0), START + 100 * STEP, Long.MAX_VALUE))
          .hasSize(SAMPLES - 100);
      assertThatThrownBy(head::checkpoint)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("deleted");
      assertThat(figures(head).damagedSeries()).isEqualTo(1);
    }
    disk = disk.kill();
    try (Head head = open()) {
      assertThat(Samples.of(head.series(0))).hasSize(SAMPLES - 100);
      head.checkpoint();
    }
  }

  /** Parity that is not enough for one stripe still mends another. */
  @Test
  void aPageIsMendedBesideOthersThatCannotBe() throws IOException {
    ChunkStore store = new ChunkStore(disk);
    List<ChunkPlace> places = new ArrayList<>();
    for (int n = 0; n < 450; n++) { // 112 pages in two stripes
      places.add(store.add(n, n, 1, new byte[1_000]));
    }
    store.endFile();
    store.store(DiskPace.UNPACED, () -> false);
    byte[] mapped = disk.mapped(FILE);
    ChunkFile file = places.getFirst().file();
    mapped[100] ^= 4;
    mapped[2 * ChunkFilePages.PAGE_BYTES] ^= 4;
    int inPage51 = places.get(206).offset();
    assertThat(inPage51 / ChunkFilePages.PAGE_BYTES).isEqualTo(51);
    assertThat(store.isSound(file, places.getFirst().offset())).isFalse();
    assertThat(store.isSound(file, inPage51)).isTrue();
    mapped[inPage51 + 500] ^= 4;
    store.lookAnew();
    assertThat(store.isSound(file, inPage51)).as("mended").isTrue();
    assertThat(file.bytes(inPage51)).containsOnly(0);
    assertThat(store.isSound(file, places.getFirst().offset())).isFalse();
  }
}
