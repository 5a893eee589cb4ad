package dnd.metrics.server.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dnd.metrics.server.disk.RemovalSteps;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.wal.FileHeader;
import dnd.metrics.server.wal.LogOptions;
import dnd.metrics.server.wal.MemoryLogFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {
  private static final long NOW = 1_700_000_000_000L;
  private static final LogOptions LOG = LogOptions.DEFAULT.withSegmentBytes(4096);

  @TempDir Path folder;
  private MemoryLogFiles disk = new MemoryLogFiles();
  private final Reports reports = new Reports();

  private Head open() throws IOException {
    return Head.open(folder.resolve("data"), path -> disk, HeadOptions.DEFAULT, LOG, reports);
  }

  private static void push(Head head, int n) throws IOException {
    CommitLatch done = new CommitLatch();
    try (SenderBatch batch =
        head.sender(new SenderId("dice", "")).begin(EventKind.PUSH, "e" + n, NOW + n)) {
      for (int i = 0; i < 5; i++) {
        batch.append(batch.resolve(Labels.of("__name__", "m" + i)), NOW + n, n);
      }
      batch.commit(done);
    }
    done.await();
  }

  private List<String> names() throws IOException {
    return disk.list();
  }

  @Test
  void theLogIsShortenedBehindTheOlderOfTwoCheckpoints() throws IOException {
    Map<Labels, List<String>> before;
    try (Head head = open()) {
      for (int n = 0; n < 400; n++) {
        push(head, n);
      }
      head.checkpoint();
      assertThat(names()).contains("00000001.wal", "00000001.checkpoint");
      long bytes = head.status().logBytes();
      head.checkpoint();
      assertThat(names()).doesNotContain("00000001.wal").contains("00000001.checkpoint");
      assertThat(head.status().logBytes()).isLessThan(bytes / 2);
      push(head, 400);
      head.checkpoint();
      assertThat(names()).doesNotContain("00000001.checkpoint").contains("00000003.checkpoint");
      push(head, 401);
      before = Samples.of(head);
    }
    disk = disk.kill();
    try (Head head = open()) {
      assertThat(reports.lines).isEmpty();
      assertThat(Samples.of(head)).isEqualTo(before);
      assertThat(head.status().lastSequence()).isEqualTo(402);
    }
  }

  /** Its events wait while a portion is copied. */
  @Test
  void aSenderIsHeldUpForAPortionOfItsSeriesAtATime() throws IOException {
    int series = 2 * CheckpointWriter.PORTION_SERIES + 1;
    try (Head head = open()) {
      CommitLatch done = new CommitLatch();
      try (SenderBatch batch =
          head.sender(new SenderId("dice", "")).begin(EventKind.PUSH, "e", NOW)) {
        for (int i = 0; i < series; i++) {
          batch.append(batch.resolve(Labels.of("__name__", "m", "n", "" + i)), NOW, i);
        }
        batch.commit(done);
      }
      done.await();
      head.checkpoint();
    }
    ByteBuffer in =
        ByteBuffer.wrap(disk.contentOf("00000001.checkpoint")).order(ByteOrder.LITTLE_ENDIAN);
    List<Integer> portions = new ArrayList<>();
    int at = FileHeader.BYTES;
    while (at < in.limit()) {
      CheckpointFrame.Head frame = CheckpointFrame.decode(in, at);
      at += CheckpointFrame.FRAME_BYTES;
      if (frame.kind() == CheckpointFrame.Kind.SERIES) {
        portions.add(in.getInt(at + Integer.BYTES));
      }
      at += frame.length();
    }
    assertThat(portions)
        .containsExactly(CheckpointWriter.PORTION_SERIES, CheckpointWriter.PORTION_SERIES, 1);
  }

  /** They are larger than what is removed at once: see {@link MemoryLogFiles} on what is mapped. */
  @Test
  void whatIsRemovedInStepsIsNotWhatSeriesAreReadIn() throws IOException {
    String large = "x".repeat(100_000);
    Map<Labels, List<String>> before;
    try (Head head = open()) {
      CommitLatch done = new CommitLatch();
      try (SenderBatch batch =
          head.sender(new SenderId("dice", "")).begin(EventKind.PUSH, "e", NOW)) {
        for (int i = 0; i < 2 * RemovalSteps.BYTES / large.length(); i++) {
          batch.append(batch.resolve(Labels.of("__name__", "m", "large", large + i)), NOW, i);
        }
        batch.commit(done);
      }
      done.await();
      head.checkpoint();
      assertThat(disk.contentOf("00000001.checkpoint")).hasSizeGreaterThan(RemovalSteps.BYTES);
      before = Samples.of(head);
    }
    disk = disk.kill();
    try (Head head = open()) {
      for (int n = 1; n <= 4; n++) {
        push(head, n);
        head.checkpoint();
      }
      assertThat(names())
          .filteredOn(name -> !name.endsWith(".wal"))
          .containsExactly("00000004.checkpoint", "00000005.checkpoint");
      assertThat(Samples.of(head)).containsAllEntriesOf(before);
    }
    disk = disk.kill();
    try (Head head = open()) {
      assertThat(Samples.of(head)).containsAllEntriesOf(before);
    }
    assertThat(reports.lines).isEmpty();
  }

  @Test
  void aDamagedCheckpointIsSetAsideAndTheOlderOneUsed() throws IOException {
    Map<Labels, List<String>> before;
    try (Head head = open()) {
      for (int n = 0; n < 300; n++) {
        push(head, n);
        if (n % 100 == 50) {
          head.checkpoint();
        }
      }
      before = Samples.of(head);
    }
    disk = disk.kill();
    long bits = 8L * disk.contentOf("00000003.checkpoint").length;
    disk.flipBit("00000003.checkpoint", bits - 200);
    try (Head head = open()) {
      assertThat(reports.lines).hasSize(1);
      assertThat(reports.lines.getFirst())
          .startsWith("memory/00000003.checkpoint: damaged at offset ")
          .contains("kept as memory/00000003.checkpoint.damaged");
      assertThat(Samples.of(head)).isEqualTo(before);
      head.checkpoint();
      assertThat(names()).contains("00000004.checkpoint", "00000002.checkpoint");
    }
  }

  @Test
  void theOnlyCheckpointMayBeDamaged() throws IOException {
    Map<Labels, List<String>> before;
    try (Head head = open()) {
      for (int n = 0; n < 300; n++) {
        push(head, n);
      }
      head.checkpoint();
      before = Samples.of(head);
    }
    disk = disk.kill();
    disk.flipBit("00000001.checkpoint", 100);
    try (Head head = open()) {
      assertThat(reports.lines).hasSize(1);
      assertThat(reports.lines.getFirst()).contains("damaged at offset 0", "or from the log");
      assertThat(Samples.of(head)).isEqualTo(before);
    }
  }

  @Test
  void whereNothingIsLeftItIsSaid() throws IOException {
    try (Head head = open()) {
      for (int n = 0; n < 400; n++) {
        push(head, n);
      }
      head.checkpoint();
      head.checkpoint();
    }
    disk = disk.kill();
    disk.flipBit("00000001.checkpoint", 8000);
    disk.flipBit("00000002.checkpoint", 8000);
    open().close();
    assertThat(reports.lines.toString())
        .contains("00000001.checkpoint: damaged", "00000002.checkpoint: damaged", "are missing");
  }

  @Test
  void aCheckpointOfAnotherVersionIsRefused() throws IOException {
    refused(
        4,
        "memory/00000001.checkpoint is of checkpoint format 4, which this program does not know");
    disk = new MemoryLogFiles();
    refused(
        2,
        "memory/00000001.checkpoint is of checkpoint format 2, which only builds before the first release wrote; this"
            + " program does not read it");
  }

  private void refused(int version, String message) throws IOException {
    try (Head head = open()) {
      push(head, 0);
      head.checkpoint();
    }
    disk = disk.kill();
    byte[] bytes = disk.contentOf("00000001.checkpoint");
    bytes[8] = (byte) version;
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, 24);
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(24, (int) crc.getValue());
    disk.setContent("00000001.checkpoint", bytes);
    assertThatThrownBy(this::open).hasMessage(message);
  }

  @Test
  void theLayoutStays() throws IOException {
    try (Head head = open()) {
      CommitLatch done = new CommitLatch();
      try (SenderBatch batch =
          head.sender(new SenderId("dice", "d-1")).begin(EventKind.REPORT, "id", NOW)) {
        HeadSeries luck = batch.resolve(Labels.of("__name__", "luck", "die", "d20"));
        batch.append(luck, NOW, 1.5);
        batch.append(luck, NOW + 10, 2.5);
        batch.append(luck, NOW - 10, 0.5);
        batch.addDelta(batch.resolve(Labels.of("__name__", "rolls")), NOW, 3);
        batch.observe(batch.resolve(Labels.of("__name__", "seconds")), NOW, 1);
        batch.metadata("rolls", new MetricMetadata("counter", "Rolls.", ""));
        batch.commit(done);
      }
      done.await();
      head.checkpoint();
    }
    assertThat(HexFormat.of().formatHex(disk.contentOf("00000001.checkpoint"))).isEqualTo(LAYOUT);
  }

  /**
   * Two heads take in the same random events, one of them on a disk with checkpoints, kills and
   * power cuts between them: they hold the same, and go on in the same way.
   */
  @Test
  void aHeadThatIsBroughtBackIsTheHeadThatWas() throws IOException {
    for (int seed = 0; seed < 20; seed++) {
      disk = new MemoryLogFiles();
      Random random = new Random(seed);
      RandomEvents events = new RandomEvents(seed);
      try (Head steady =
          Head.open(
              folder.resolve("steady" + seed),
              path -> new MemoryLogFiles(),
              HeadOptions.DEFAULT,
              LOG,
              ReplayListener.SILENT)) {
        for (int life = 0; life < 5; life++) {
          MemoryLogFiles before = disk;
          Head head = open();
          for (int n = random.nextInt(60); n > 0; n--) {
            events.next().applyTo(head, steady);
            if (random.nextInt(15) == 0) {
              head.checkpoint();
            }
            if (random.nextInt(5) == 0) {
              head.storeChunks();
            }
          }
          assertThat(Samples.of(head))
              .as("seed %d life %d", seed, life)
              .isEqualTo(Samples.of(steady));
          assertThat(head.metadata()).isEqualTo(steady.metadata());
          disk = random.nextBoolean() ? before.kill() : before.cutPower(random);
          MemoryLogFiles.closeDead(head);
        }
        try (Head head = open()) {
          assertThat(Samples.of(head)).as("seed %d", seed).isEqualTo(Samples.of(steady));
          events.sameIds(head, steady);
        }
      }
    }
  }

  /** Header, then each frame: its head, its body. */
  private static final String LAYOUT =
      "646e646d2d63686b030000000100000001000000000000005c9946cb00000000"
          + "66726ded020000000a0000000000000000000000c13f36ba"
          + "00046469636503642d31"
          + "66726ded01000000290000000000000000000000d4c5115b"
          + "0400085f5f6e616d655f5f046c75636b0103646965036432300005726f6c6c7300077365636f6e64"
          + "73"
          + "66726ded03000000f40000000100000000000000a5f4ecec"
          + "0000000003000000f667e5cf8b0100000a68e5cf8b010000"
          + "000000000100000002000000"
          + "a9f0c8f02c5112ff150c056e"
          + "70000000ba000000d3000000f4000000"
          + "f667e5cf8b0100000068e5cf8b0100000068e5cf8b010000"
          + "0a68e5cf8b0100000068e5cf8b0100000068e5cf8b010000"
          + "0200012594a0abfef96200000000000004400080a0abfef9620115000280a0abfef9623ff8000000"
          + "0000000ac26fffc002a201140132130100000008ec9fabfef962000000000000e03f"
          + "010208000180a0abfef96280a0abfef9620000000000000840"
          + "010310000180a0abfef96280a0abfef9620601000000000000f03f000001010000"
          + "66726ded04000000100000000100000000000000e10da259"
          + "00010269640180a0abfef96203000102"
          + "66726ded050000001700000001000000000000002651c938"
          + "0105726f6c6c7307636f756e74657206526f6c6c732e00"
          + "66726ded070000000900000000000000000000001c9c8956"
          + "000100010001010102"
          + "66726ded080000000a0000000000000000000000efb9bd89"
          + "03000101010003000101"
          + "66726ded09000000010000000000000000000000e63f7cf5"
          + "00"
          + "66726ded060000000f0000000100000000000000e9290a7d"
          + "0301030101ffffffffffffffffff01";
}
