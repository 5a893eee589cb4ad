package dnd.metrics.server.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dnd.metrics.server.model.Deletion;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.model.StaleMarker;
import dnd.metrics.server.model.UnreadableSamplesException;
import dnd.metrics.server.wal.LogOptions;
import dnd.metrics.server.wal.MemoryLogFiles;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Series that have been silent for long are parked, and nobody sees a difference. */
class ParkedSeriesTest {
  private static final long NOW = 1_700_000_000_000L;
  private static final long MINUTE = 60_000;
  private static final int SERIES = 20;
  private static final int SAMPLES = 150;
  private static final LogOptions LOG = LogOptions.DEFAULT.withSegmentBytes(4096);

  @TempDir Path folder;
  private MemoryLogFiles disk = new MemoryLogFiles();

  private Head open() throws IOException {
    return open("data", disk);
  }

  private Head open(String name, MemoryLogFiles files) throws IOException {
    return Head.open(
        folder.resolve(name), path -> files, HeadOptions.DEFAULT, LOG, ReplayListener.SILENT);
  }

  private static Labels labels(int i) {
    return Labels.of("__name__", "m" + i % 4, "host", "h" + i / 4, "region", "eu");
  }

  private static void push(Head head, EventKind kind, int from, int to, long millis, double value)
      throws IOException {
    CommitLatch done = new CommitLatch();
    try (SenderBatch batch =
        head.sender(new SenderId("dice", "")).begin(kind, null, millis + MINUTE)) {
      for (int i = from; i < to; i++) {
        HeadSeries series = batch.resolve(labels(i));
        assertThat(batch.append(series, millis, value)).isEqualTo(AppendOutcome.ACCEPTED);
      }
      batch.commit(done);
    }
    done.await();
  }

  private static void push(Head head, int from, int to, long millis, double value)
      throws IOException {
    push(head, EventKind.PUSH, from, to, millis, value);
  }

  /** Twenty series with a finished chunk and an open one each. */
  private static void fill(Head head) throws IOException {
    for (int n = 0; n < SAMPLES; n++) {
      push(head, 0, SERIES, NOW + 1_000L * n, n);
    }
  }

  private static Labels labelsOf(Head head, int ref) {
    return head.labelsOf(ref).labels();
  }

  @Test
  void whoReadsSeesNoDifferenceAndLeavesThemParked() throws IOException {
    try (Head head = open()) {
      fill(head);
      Map<Labels, List<String>> before = Samples.of(head);
      List<HeadSeries> selected = head.select(List.of(), NOW, NOW + MINUTE);
      assertThat(selected).allMatch(series -> series.selectedBytes() == 0);
      assertThat(Parked.park(head, NOW + 60 * MINUTE)).isEqualTo(SERIES);
      assertThat(Samples.of(head)).isEqualTo(before);
      assertThat(Samples.of(selected.getFirst()))
          .as("of one that was selected before")
          .isEqualTo(before.get(selected.getFirst().labels()));
      assertThat(head.select(List.of(), NOW + SAMPLES * 1_000L, Long.MAX_VALUE)).isEmpty();
      assertThat(head.select(List.of(), 0, NOW - 1)).isEmpty();
      assertThat(head.select(List.of(Matcher.equal("host", "h2")), NOW, NOW)).hasSize(4);
      assertThat(head.select(List.of(), NOW, NOW))
          .allMatch(series -> series.selectedBytes() > selected.getFirst().finished.size() * 12L);
      assertThat(head.labelValues("host", List.of(), NOW, NOW)).hasSize(5);
      assertThat(labelsOf(head, 6)).isEqualTo(labels(6));
      assertThat(head.labelsOf(6).label("host")).isEqualTo("h1");
      assertThat(head.labelsOf(6).label("no")).isEmpty();
      assertThat(head.status().series()).isEqualTo(SERIES);
      assertThat(Parked.count(head)).isEqualTo(SERIES);
      assertThat(head.status().maintenance().parkedSeries()).isEqualTo(SERIES);
      push(head, 0, 2, NOW + 30 * MINUTE, 1);
      assertThat(head.status().maintenance().parkedSeries()).isEqualTo(SERIES - 2);
    }
  }

  @Test
  void oneWithChunksInNoFileIsNotParkedYet() throws IOException {
    try (Head head = open()) {
      fill(head);
      head.finishSilent(NOW + 60 * MINUTE);
      assertThat(Parked.count(head)).isZero();
      push(head, 0, 1, NOW + 30 * MINUTE, 1);
      head.storeChunks();
      head.finishSilent(NOW + 30 * MINUTE);
      assertThat(Parked.count(head)).as("but for the one that goes on").isEqualTo(SERIES - 1);
    }
  }

  @Test
  void oneThatGoesOnIsMadeAgain() throws IOException {
    try (Head head = open()) {
      fill(head);
      HeadSeries kept = head.series(3);
      Parked.park(head, NOW + 60 * MINUTE);
      assertThat(kept.isLive()).as("who kept it is to look it up").isFalse();
      push(head, 3, 4, NOW + 30 * MINUTE, 7);
      assertThat(Parked.count(head)).isEqualTo(SERIES - 1);
      HeadSeries again = head.series(3);
      assertThat(again).isNotSameAs(kept);
      assertThat(again.isLive()).isTrue();
      assertThat(again.labels()).isEqualTo(labels(3));
      assertThat(Samples.of(again)).hasSize(SAMPLES + 1);
      assertThat(kept.finished.isEmpty()).as("nothing is kept with it").isTrue();
      assertThat(Samples.of(kept)).as("what somebody may still read in").hasSize(SAMPLES + 1);
    }
  }

  @Test
  void aCheckpointHasThemAndLeavesThemParked() throws IOException {
    Map<Labels, List<String>> before;
    try (Head head = open()) {
      fill(head);
      before = Samples.of(head);
      Parked.park(head, NOW + 60 * MINUTE);
      head.checkpoint();
      head.checkpoint();
      assertThat(Parked.count(head)).isEqualTo(SERIES);
      assertThat(disk.list()).doesNotContain("00000001.wal");
      assertThat(Samples.of(head)).isEqualTo(before);
    }
    disk = disk.kill();
    try (Head head = open()) {
      assertThat(Samples.of(head)).isEqualTo(before);
      assertThat(Parked.park(head, NOW + 60 * MINUTE)).as("those of a start").isEqualTo(SERIES);
      assertThat(Samples.of(head)).isEqualTo(before);
      push(head, 0, SERIES, NOW + 30 * MINUTE, 1);
      head.checkpoint();
      before = Samples.of(head);
    }
    disk = disk.kill();
    try (Head head = open()) {
      assertThat(Samples.of(head)).isEqualTo(before);
    }
  }

  @Test
  void oneThatIsDeletedFromIsMadeAgain() throws IOException {
    try (Head head = open()) {
      fill(head);
      Parked.park(head, NOW + 60 * MINUTE);
      head.delete(new Deletion(List.of(List.of(Matcher.equal("host", "h2"))), NOW, NOW + 99_999));
      assertThat(Parked.count(head)).isEqualTo(SERIES - 4);
      assertThat(Samples.of(head.series(8))).hasSize(SAMPLES - 100);
      assertThat(Samples.of(head.series(7))).hasSize(SAMPLES);
    }
  }

  @Test
  void oneThatTheNextReportLacksEnds() throws IOException {
    try (Head head = open()) {
      push(head, EventKind.REPORT, 0, SERIES, NOW, 1);
      Parked.park(head, NOW + 60 * MINUTE);
      push(head, EventKind.REPORT, 1, SERIES, NOW + 30 * MINUTE, 2);
      assertThat(Samples.of(head.series(0))).hasSize(2);
      assertThat(head.series(0).isStale()).isTrue();
      assertThat(head.series(1).isStale()).isFalse();
    }
  }

  @Test
  void theEndOfItsSenderMarksIt() throws IOException {
    try (Head head = open()) {
      push(head, 0, 2, NOW, 1);
      push(head, 1, 2, NOW + 1_000, StaleMarker.VALUE);
      assertThat(Parked.park(head, NOW + 60 * MINUTE)).isEqualTo(2);
      CommitLatch done = new CommitLatch();
      try (SenderBatch batch =
          head.sender(new SenderId("dice", "")).begin(EventKind.END, null, NOW + 30 * MINUTE)) {
        batch.commit(done);
      }
      done.await();
      assertThat(Samples.of(head.series(0))).hasSize(2);
      assertThat(head.series(0).isStale()).isTrue();
      assertThat(Samples.of(head.series(1))).as("it had ended").hasSize(2);
    }
  }

  @Test
  void itsLabelsStayItsSenders() throws IOException {
    try (Head head = open()) {
      push(head, 0, 1, NOW, 1);
      Parked.park(head, NOW + 60 * MINUTE);
      try (SenderBatch batch =
          head.sender(new SenderId("other", "")).begin(EventKind.PUSH, null, NOW)) {
        assertThat(batch.resolve(labels(0))).isNull();
        assertThat(batch.rejection()).isEqualTo(SeriesRejection.OTHER_SENDER);
      }
    }
  }

  /** A file that only parked series had something in goes once they are parked no more. */
  @Test
  void whatTheyHadGoesWithThem() throws IOException {
    try (Head head = open()) {
      push(head, 0, SERIES, NOW, 1);
      assertThat(Parked.park(head, NOW + 60 * MINUTE)).isEqualTo(SERIES);
      head.storeChunks();
      assertThat(head.status().maintenance().chunkFiles()).isEqualTo(1);
      push(head, 0, SERIES - 1, NOW + 30 * MINUTE, 1);
      head.storeChunks();
      assertThat(head.status().maintenance().chunkFiles()).isEqualTo(1);
      push(head, SERIES - 1, SERIES, NOW + 30 * MINUTE, 1);
      head.storeChunks();
      assertThat(head.status().maintenance().chunkFiles()).isZero();
      assertThat(Samples.of(head.series(0))).hasSize(2);
    }
  }

  /** Where what the first series had begins in the file that has it. */
  private static final int FIRST_RECORD = ChunkFile.HEADER_BYTES;

  private static final String RECORDS = "00000002.chunks";

  /** Fills a head and parks all its series; what they had is in the second file. */
  private void parked(Head head) throws IOException {
    fill(head);
    assertThat(Parked.park(head, NOW + 60 * MINUTE)).isEqualTo(SERIES);
    head.storeChunks();
    assertThat(disk.list()).contains(RECORDS);
  }

  /** A page of the file, which has two, and the one that would make it good. */
  private void damageBeyondMending() {
    byte[] file = disk.mapped(RECORDS);
    file[FIRST_RECORD + ChunkFile.CHUNK_HEAD_BYTES + 5] ^= 1;
    assertThat(ChunkFilePages.check(MemorySegment.ofArray(file)))
        .isInstanceOf(ChunkFilePages.Finding.Repaired.class);
    file[ChunkFilePages.PAGE_BYTES * ((file.length - 1) / ChunkFilePages.PAGE_BYTES) - 1] ^= 1;
    assertThat(ChunkFilePages.check(MemorySegment.ofArray(file)))
        .isInstanceOf(ChunkFilePages.Finding.Lost.class);
  }

  private static void assertFirstIsDamaged(Head head) {
    for (HeadSeries series : head.select(List.of(), NOW, NOW + MINUTE)) {
      if (series.labels().equals(labels(0))) {
        assertThatThrownBy(() -> Samples.of(series))
            .isInstanceOf(UnreadableSamplesException.class)
            .hasMessageContaining("memory/" + RECORDS + " is damaged at byte " + FIRST_RECORD)
            .hasMessageContaining("{__name__=\"m0\", host=\"h0\"");
        assertThat(series.oldestMillis()).isLessThanOrEqualTo(NOW);
        assertThat(series.newestMillis()).isEqualTo(NOW + (SAMPLES - 1) * 1_000L);
      } else {
        assertThat(Samples.of(series)).hasSizeGreaterThanOrEqualTo(SAMPLES);
      }
    }
    assertThat(head.status().maintenance().damagedSeries()).isEqualTo(1);
  }

  @Test
  void whatTurnedOverMeanwhileIsMended() throws IOException {
    Map<Labels, List<String>> before;
    try (Head head = open()) {
      parked(head);
      before = Samples.of(head);
      int aByte = FIRST_RECORD + ChunkFile.CHUNK_HEAD_BYTES + 5;
      int endOfLength = FIRST_RECORD + ChunkFile.CHUNK_HEAD_BYTES - 1;
      byte[] sound = disk.contentOf(RECORDS);
      int mended = 0;
      for (int at : new int[] {aByte, endOfLength}) {
        for (int bit : new int[] {1, 0x40, 0x80}) {
          byte[] damaged = sound.clone();
          damaged[at] ^= (byte) bit;
          disk.setContent(RECORDS, damaged);
          disk.mapped(RECORDS)[at] ^= (byte) bit;
          assertThat(Samples.of(head)).isEqualTo(before);
          assertThat(Samples.of(head)).isEqualTo(before);
          assertThat(head.status().maintenance().mendedChunkFiles()).isEqualTo(++mended);
          head.storeChunks();
          assertThat(disk.contentOf(RECORDS)).as("on the disk, too").isEqualTo(sound);
        }
      }
      disk.mapped(RECORDS)[aByte] ^= 1;
      head.checkpoint();
      assertThat(head.status().maintenance().mendedChunkFiles()).isEqualTo(++mended);
      assertThat(head.status().maintenance().damagedSeries()).isZero();
    }
    disk = disk.kill();
    try (Head head = open()) {
      assertThat(Samples.of(head)).isEqualTo(before);
    }
  }

  @Test
  void whatIsMendedAndCannotBeWrittenIsWrittenLater() throws IOException {
    try (Head head = open()) {
      parked(head);
      Map<Labels, List<String>> before = Samples.of(head);
      byte[] sound = disk.contentOf(RECORDS);
      byte[] damaged = sound.clone();
      damaged[FIRST_RECORD + ChunkFile.CHUNK_HEAD_BYTES] ^= 1;
      disk.setContent(RECORDS, damaged);
      disk.mapped(RECORDS)[FIRST_RECORD + ChunkFile.CHUNK_HEAD_BYTES] ^= 1;
      assertThat(Samples.of(head)).isEqualTo(before);
      disk.failWrites(1);
      assertThatThrownBy(head::storeChunks).isInstanceOf(IOException.class);
      assertThat(disk.list()).doesNotContain(OpenedChunkFiles.PARTIAL);
      assertThat(Samples.of(head)).isEqualTo(before);
      head.storeChunks();
      assertThat(disk.contentOf(RECORDS)).isEqualTo(sound);
      assertThat(Samples.of(head)).isEqualTo(before);
    }
  }

  /** Nothing but the one series stops, and nothing is removed that a start needs for it. */
  @Test
  void whatCannotBeMendedStaysWithItsSeries() throws IOException {
    MemoryBlocks blocks = new MemoryBlocks();
    long later = NOW + 300 * MINUTE;
    Map<Labels, List<String>> before;
    try (Head head = open()) {
      push(head, EventKind.REPORT, 0, SERIES, NOW - 1_000, 1);
      parked(head);
      before = Samples.of(head);
      damageBeyondMending();
      assertFirstIsDamaged(head);
      assertThat(head.labelValues("host", List.of(), NOW, NOW)).hasSize(5);

      push(head, EventKind.REPORT, 2, SERIES, NOW + 30 * MINUTE, 1);
      assertThat(head.series(1).isStale()).as("the report lacked it").isTrue();
      try (SenderBatch batch =
          head.sender(new SenderId("dice", "")).begin(EventKind.PUSH, null, later)) {
        assertThat(batch.resolve(labels(0))).isNull();
        assertThat(batch.rejection()).isEqualTo(SeriesRejection.DAMAGED);
      }

      push(head, 2, SERIES, later, 2);
      assertThat(head.cut(blocks)).isPositive();
      assertThat(blocks.blocks().getFirst().samples()).hasSize(SERIES - 1);
      assertThatThrownBy(head::checkpoint)
          .isInstanceOf(IOException.class)
          .hasMessageContaining(RECORDS);
      assertThat(disk.list()).contains("00000001.wal").noneMatch(n -> n.contains("checkpoint"));
      assertFirstIsDamaged(head);
      CommitLatch done = new CommitLatch();
      try (SenderBatch batch =
          head.sender(new SenderId("dice", "")).begin(EventKind.END, null, later + MINUTE)) {
        batch.commit(done);
      }
      done.await();
      assertThat(head.series(2).isStale()).isTrue();
    }
    disk = disk.kill();
    try (Head head = open()) {
      assertThat(Samples.of(head.series(0))).isEqualTo(before.get(labels(0)));
      assertThat(blocks.with(head, false).get(labels(7))).containsAll(before.get(labels(7)));
      head.checkpoint();
      assertThat(head.status().maintenance().damagedSeries()).isZero();
    }
  }

  @Test
  void whatCanBeReadAgainIsNotDamagedAnyMore() throws IOException {
    try (Head head = open()) {
      parked(head);
      Map<Labels, List<String>> before = Samples.of(head);
      byte[] sound = disk.mapped(RECORDS).clone();
      damageBeyondMending();
      assertFirstIsDamaged(head);
      assertThatThrownBy(head::checkpoint).isInstanceOf(IOException.class);
      System.arraycopy(sound, 0, disk.mapped(RECORDS), 0, sound.length);
      assertThat(Samples.of(head)).isEqualTo(before);
      assertThat(head.status().maintenance().damagedSeries()).isZero();
      head.checkpoint();
    }
  }

  @Test
  void whatIsDeletedOfADamagedOneStaysDeleted() throws IOException {
    try (Head head = open()) {
      parked(head);
      byte[] sound = disk.mapped(RECORDS).clone();
      damageBeyondMending();
      head.delete(new Deletion(List.of(List.of(Matcher.equal("host", "h0"))), NOW, NOW + 99_999));
      assertThat(Samples.of(head.series(1))).hasSize(SAMPLES - 100);
      System.arraycopy(sound, 0, disk.mapped(RECORDS), 0, sound.length);
      assertThatThrownBy(() -> head.series(0)).isInstanceOf(UnreadableSamplesException.class);
    }
    disk = disk.kill();
    try (Head head = open()) {
      assertThat(Samples.of(head.series(0))).hasSize(SAMPLES - 100);
      assertThat(Samples.of(head.series(1))).hasSize(SAMPLES - 100);
    }
  }

  /** One head parks, is cut and killed all the time, the other is left alone: the same. */
  @Test
  void nothingIsLostOrDoubled() throws IOException {
    int seeds = Integer.getInteger("fault.seeds", 20);
    int parked = 0;
    for (int seed = 0; seed < seeds; seed++) {
      disk = new MemoryLogFiles();
      Random random = new Random(seed);
      RandomEvents events = new RandomEvents(seed);
      try (Head steady = open("steady" + seed, new MemoryLogFiles())) {
        for (int life = 0; life < 3; life++) {
          MemoryLogFiles before = disk;
          Head head = open("parking" + seed, before);
          for (int n = random.nextInt(150); n > 0; n--) {
            events.next().applyTo(head, steady);
            switch (random.nextInt(8)) {
              case 0 -> head.checkpoint();
              case 1, 2 -> parked += Parked.park(head, Long.MAX_VALUE);
              case 3 -> head.storeChunks();
              default -> {}
            }
          }
          assertThat(Samples.of(head))
              .as("seed %d life %d", seed, life)
              .isEqualTo(Samples.of(steady));
          events.sameIds(head, steady);
          disk = random.nextBoolean() ? before.kill() : before.cutPower(random);
          MemoryLogFiles.closeDead(head);
        }
        try (Head head = open("parking" + seed, disk)) {
          assertThat(Samples.of(head)).as("seed %d", seed).isEqualTo(Samples.of(steady));
        }
      }
    }
    assertThat(parked).isPositive();
  }
}
