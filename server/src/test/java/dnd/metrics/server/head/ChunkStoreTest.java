package dnd.metrics.server.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dnd.metrics.server.disk.DiskPace;
import dnd.metrics.server.model.Deletion;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.model.SampleBatch;
import dnd.metrics.server.model.SampleReader;
import dnd.metrics.server.wal.DiskLogFiles;
import dnd.metrics.server.wal.LogOptions;
import dnd.metrics.server.wal.MemoryLogFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChunkStoreTest {
  private static final long HOUR = 3_600_000;

  /** The beginning of a range. */
  private static final long START = 1_700_006_400_000L;

  private static final int SERIES = 3;
  private static final String FIRST = "00000001.chunks";

  @TempDir Path folder;
  private MemoryLogFiles disk = new MemoryLogFiles();
  private final Reports reports = new Reports();

  private Head open() throws IOException {
    return Head.open(
        folder.resolve("data"), path -> disk, HeadOptions.DEFAULT, LogOptions.DEFAULT, reports);
  }

  private static Labels labels(int i) {
    return Labels.of("__name__", "m" + i);
  }

  /** A sample of each series at each of so many times, ten seconds apart. */
  private static void push(Head head, long fromMillis, int times) throws IOException {
    CommitLatch done = new CommitLatch();
    try (SenderBatch batch =
        head.sender(new SenderId("dice", "")).begin(EventKind.PUSH, null, fromMillis + 2 * HOUR)) {
      for (int t = 0; t < times; t++) {
        for (int i = 0; i < SERIES; i++) {
          long time = fromMillis + t * 10_000L;
          assertThat(batch.append(batch.resolve(labels(i)), time, (t * 31 + i * 17) % 97 / 7.0))
              .isEqualTo(AppendOutcome.ACCEPTED);
        }
      }
      batch.commit(done);
    }
    done.await();
  }

  /** 590 samples of each series, four chunks of each in a file and one open, in a checkpoint. */
  private Map<Labels, List<String>> filled(int checkpoints) throws IOException {
    try (Head head = open()) {
      push(head, START, 590);
      head.storeChunks();
      for (int i = 0; i < checkpoints; i++) {
        head.checkpoint();
      }
      return Samples.of(head);
    } finally {
      disk = disk.kill();
    }
  }

  @Test
  void aCheckpointSpeaksOfChunksInFiles() throws IOException {
    Map<Labels, List<String>> before = filled(1);
    for (int start = 0; start < 3; start++) {
      try (Head head = open()) {
        assertThat(reports.lines).isEmpty();
        assertThat(files(head)).isEqualTo(1);
        head.checkpoint(); // of series that nobody has looked at
        push(head, START + (590 + start) * 10_000L, 1);
        assertInFile(head, 2, 1, true);
        assertThat(Samples.of(head).get(labels(2))).containsAll(before.get(labels(2)));
        head.checkpoint();
        assertThat(files(head)).isEqualTo(1);
      }
      disk = disk.kill();
    }
    try (Head head = open()) {
      MemoryBlocks blocks = new MemoryBlocks();
      push(head, START + 3 * HOUR, 1);
      assertThat(head.cut(blocks)).isEqualTo(1);
      assertThat(blocks.with(head, true).get(labels(1))).hasSize(594);
      head.checkpoint();
      assertThat(disk.list()).doesNotContain(FIRST);
    }
    disk = disk.kill();
    open().close();
    assertThat(reports.lines).isEmpty();
  }

  @Test
  void whatNoCheckpointSpeaksOfIsRemovedAtTheStart() throws IOException {
    Map<Labels, List<String>> before = filled(0);
    assertThat(disk.list()).contains(FIRST);
    try (Head head = open()) {
      assertThat(disk.list()).doesNotContain(FIRST);
      assertThat(Samples.of(head)).isEqualTo(before);
    }
    assertThat(reports.lines).isEmpty();
  }

  /** On a disk, as other files are not mapped. */
  @Test
  void whatIsUnloadedIsReadAgain() throws IOException {
    try (Head head = Head.open(folder.resolve("disk"), HeadOptions.DEFAULT, reports)) {
      push(head, START, 600);
      Map<Labels, List<String>> before = Samples.of(head);
      head.storeChunks();
      assertThat(head.series(2).finished.encoded(3).data().isMapped()).isTrue();
      for (int newest = 1; newest >= 0; newest--) {
        head.chunkStore().unloadAllBut(newest);
        assertThat(Samples.of(head)).isEqualTo(before);
      }
    }
  }

  @Test
  void aCopyHasTheFilesThatItsCheckpointsNeed() throws IOException {
    Path copy = folder.resolve("copy");
    Path again = folder.resolve("again");
    Map<Labels, List<String>> before;
    try (Head head = open()) {
      push(head, START, 600);
      head.storeChunks();
      head.checkpoint();
      push(head, START + 6_000_000, 200);
      head.storeChunks(); // of which no checkpoint speaks
      before = Samples.of(head);
      assertThat(head.copyLog(copy)).isEqualTo(3); // checkpoint, file of chunks, log
    }
    Head.copyLog(copy, again);
    try (Head head =
        Head.open(
            folder.resolve("other"),
            path -> new DiskLogFiles(again),
            HeadOptions.DEFAULT,
            LogOptions.DEFAULT,
            reports)) {
      assertThat(files(head)).isEqualTo(1);
      assertThat(Samples.of(head)).isEqualTo(before);
    }
    assertThat(reports.lines).isEmpty();
  }

  @Test
  void aFlippedBitIsRepaired() throws IOException {
    Map<Labels, List<String>> before = filled(2);
    byte[] sound = disk.contentOf(FIRST);
    disk.flipBit(FIRST, 8L * 500);
    try (Head head = open()) {
      assertThat(reports.lines)
          .containsExactly(
              "memory/00000001.chunks: damaged at offset 0: repaired from its parity; nothing is lost");
      assertThat(Samples.of(head)).isEqualTo(before);
      assertThat(disk.contentOf(FIRST)).isEqualTo(sound);
    }
  }

  @Test
  void aFileOfAnotherVersionIsRefused() throws IOException {
    filled(1);
    byte[] file = disk.contentOf(FIRST);
    byte[] content = Arrays.copyOf(file, ChunkFilePages.pagesOf(file.length) * 4096 - 2 * 4096);
    content[8] = 2;
    ByteBuffer behind = ChunkFilePages.protection(ByteBuffer.wrap(content));
    System.arraycopy(content, 0, file, 0, content.length);
    behind.get(file, content.length, behind.remaining());
    disk.setContent(FIRST, file);
    assertThatThrownBy(this::open)
        .hasMessage(
            "memory/00000001.chunks is of chunk file format 2, which this program does not know");
  }

  @Test
  void whereAFileIsMissingTheOlderCheckpointIsUsed() throws IOException {
    Map<Labels, List<String>> before;
    try (Head head = open()) {
      push(head, START, 300);
      head.checkpoint();
      head.storeChunks();
      head.checkpoint();
      before = Samples.of(head);
    }
    disk = disk.kill();
    disk.delete(FIRST);
    try (Head head = open()) {
      assertThat(reports.lines)
          .containsExactly(
              "memory/00000002.checkpoint: not used (kept as memory/00000002.checkpoint.damaged), since"
                  + " memory/00000001.chunks is missing; what it held comes from the checkpoint before it and the"
                  + " log");
      assertThat(Samples.of(head)).isEqualTo(before);
    }
  }

  @Test
  void whereTheLogIsWholeItReplacesAFile() throws IOException {
    Map<Labels, List<String>> before = filled(1);
    disk.delete(FIRST);
    try (Head head = open()) {
      assertThat(reports.lines).hasSize(1);
      assertThat(reports.lines.getFirst())
          .contains("00000001.checkpoint: not used", "00000001.chunks is missing", "from the log");
      assertThat(Samples.of(head)).isEqualTo(before);
    }
  }

  @Test
  void whereNothingElseHasWhatIsLostTheRestIsServed() throws IOException {
    Map<Labels, List<String>> before = filled(2);
    disk.delete("00000001.wal"); // behind two checkpoints
    byte[] file = disk.contentOf(FIRST);
    int second = ChunkFilePages.PAGE_BYTES;
    assertThat(file.length).as("three pages and their parity").isGreaterThan(4 * second);
    file[second + 3] ^= 1;
    file[second + second + 3] ^= 1;
    disk.setContent(FIRST, file);
    try (Head head = open()) {
      assertThat(reports.lines)
          .anyMatch(line ->
              line.startsWith("memory/00000001.chunks is damaged at offset 4096")
                  && line.endsWith("is lost, neither an older checkpoint nor the log has it"));
      Map<Labels, List<String>> left = Samples.of(head);
      before.forEach((labels, samples) -> {
        assertThat(left.get(labels)).hasSizeBetween(110, 590);
        assertThat(samples).containsAll(left.get(labels));
      });
      assertThat(left.values().stream().mapToInt(List::size).sum())
          .isBetween(3 * 110 + 2 * 118, 1_500);
      assertThat(left.values())
          .as("of the first page")
          .anyMatch(s -> s.getFirst().startsWith(START + "="));
      push(head, START + 6_000_000, 1);
      head.checkpoint();
      head.checkpoint();
      MemoryBlocks blocks = new MemoryBlocks();
      push(head, START + 3 * HOUR, 1);
      assertThat(head.cut(blocks)).isEqualTo(1);
    }
  }

  /** Header, and a chunk; behind the page its parity, which is the same, and checksums. */
  @Test
  void theLayoutStays() throws IOException {
    try (Head head = open()) {
      CommitLatch done = new CommitLatch();
      try (SenderBatch batch =
          head.sender(new SenderId("dice", "")).begin(EventKind.PUSH, null, START)) {
        HeadSeries series = batch.resolve(labels(0));
        batch.append(series, START - 20, 1.5);
        batch.append(series, START - 10, 2.5);
        batch.append(series, START, 2.5); // in the next range
        batch.commit(done);
      }
      done.await();
      head.storeChunks();
    }
    byte[] file = disk.contentOf(FIRST);
    assertThat(file).hasSize(2 * 4096 + 2 * 4 + 8);
    assertThat(HexFormat.of().formatHex(file, 0, 80)).isEqualTo(LAYOUT);
    assertThat(Arrays.copyOfRange(file, 4096, 8192)).isEqualTo(Arrays.copyOf(file, 4096));
    ByteBuffer sums = ByteBuffer.wrap(file, 8192, 16).slice().order(ByteOrder.LITTLE_ENDIAN);
    CRC32C crc = new CRC32C();
    crc.update(file, 0, 4096);
    assertThat(sums.getInt(0)).isEqualTo((int) crc.getValue());
    assertThat(sums.getInt(4)).isEqualTo((int) crc.getValue());
    crc.reset();
    crc.update(file, 8192, 8);
    assertThat(sums.getInt(8)).isEqualTo((int) crc.getValue());
    assertThat(sums.getInt(12)).isZero();
  }

  private static final String LAYOUT =
      "646e646d2d63687501000000010000004500000000000000e265f7cc00000000"
          + "ec0f47d08b010000010a000015000000"
          + "0002d8bfb884fa623ff80000000000000ac26fffc00000000000000000000000";

  private static long files(Head head) {
    return head.status().maintenance().chunkFiles();
  }

  /** Whether a chunk is in a file, so that nothing was copied for it. */
  private void assertInFile(Head head, int series, int chunk, boolean expected) {
    Object bytes = head.series(series).finished.encoded(chunk).data().heapBase().orElseThrow();
    if (expected) {
      assertThat(bytes).isSameAs(disk.mapped(FIRST));
    } else {
      assertThat(bytes).isNotSameAs(disk.mapped(FIRST));
    }
  }

  @Test
  void finishedChunksAreReadInTheFile() throws IOException {
    try (Head head = open()) {
      push(head, START, 300);
      Map<Labels, List<String>> before = Samples.of(head);
      assertThat(disk.list()).doesNotContain(FIRST);
      head.storeChunks();
      assertThat(disk.list()).contains(FIRST);
      assertThat(files(head)).isEqualTo(1);
      assertThat(head.status().maintenance().chunkFileBytes())
          .isEqualTo(disk.contentOf(FIRST).length);
      long length = ChunkFile.HEADER_BYTES;
      for (int i = 0; i < SERIES; i++) {
        assertThat(head.series(i).finished.size()).isEqualTo(2);
        for (int chunk = 0; chunk < 2; chunk++) {
          length +=
              ChunkFile.CHUNK_HEAD_BYTES + head.series(i).finished.encoded(chunk).data().byteSize();
        }
        assertInFile(head, i, 0, true);
        assertInFile(head, i, 1, true);
      }
      assertThat(ByteBuffer.wrap(disk.contentOf(FIRST)).order(ByteOrder.LITTLE_ENDIAN).getLong(16))
          .as("each chunk is there once")
          .isEqualTo(length);
      assertThat(Samples.of(head)).isEqualTo(before);
      HeadSeries one = head.series(1);
      for (int t = 0; t < 300; t++) {
        long time = START + t * 10_000L;
        assertThat(Samples.of(one, time, time)).hasSize(1);
        assertThat(Samples.of(one, time + 1, time + 9_999)).isEmpty();
        assertThat(Samples.of(one, time, Long.MAX_VALUE)).hasSize(300 - t);
      }
      head.storeChunks();
      assertThat(files(head)).as("nothing waited").isEqualTo(1);
      push(head, START + 3_000_000, 300);
      assertThat(Samples.of(head).get(labels(2))).hasSize(600);
    }
  }

  @Test
  void whereTheFileCannotBeWrittenChunksStayAndItIsTriedAgain() throws IOException {
    try (Head head = open()) {
      push(head, START, 300);
      Map<Labels, List<String>> before = Samples.of(head);
      disk.failWrites(1);
      assertThatThrownBy(head::storeChunks).hasMessage("Input/output error");
      assertThat(Samples.of(head)).isEqualTo(before);
      disk.failForces(1);
      assertThatThrownBy(head::storeChunks).hasMessage("Input/output error");
      disk.failForce(new OutOfMemoryError("thrown by a test"));
      assertThatThrownBy(head::storeChunks).hasMessage("thrown by a test");
      assertThat(disk.list()).as("no part is left").noneMatch(name -> name.endsWith(".chunks"));
      assertThat(Samples.of(head)).isEqualTo(before);
      disk.limitCapacity(disk.usedBytes() + 100);
      assertThatThrownBy(head::storeChunks).hasMessage("No space left on device");
      assertThat(disk.list()).as("no part is left").noneMatch(name -> name.endsWith(".chunks"));
      assertThat(files(head)).isZero();
      assertThat(head.chunkStore().isDue()).as("it is tried again").isTrue();
      disk.limitCapacity(Long.MAX_VALUE);
      push(head, START + 3_000_000, 10);
      head.storeChunks();
      assertThat(files(head)).isEqualTo(1);
      assertThat(head.chunkStore().isDue()).isFalse();
      assertThat(Samples.of(head).get(labels(2))).hasSize(310).containsAll(before.get(labels(2)));
    }
  }

  private static byte[] chunk(int number) {
    return ByteBuffer.allocate(1_000).putInt(500, number).array();
  }

  private static void addChunks(ChunkStore store, List<ChunkPlace> places, int count) {
    for (int i = 0; i < count; i++) {
      int number = places.size();
      places.add(store.add(START + number, START + number, 1, chunk(number)));
    }
  }

  private static void assertThere(List<ChunkPlace> places) {
    Map<ChunkFile, Integer> inUse = new HashMap<>();
    for (int i = 0; i < places.size(); i++) {
      ChunkPlace place = places.get(i);
      inUse.merge(place.file(), 1, Integer::sum);
      assertThat(place.file().firstMillis(place.offset())).isEqualTo(START + i);
      assertThat(place.file().bytes(place.offset())).isEqualTo(chunk(i));
    }
    inUse.forEach((file, chunks) -> assertThat(file.inUse()).isEqualTo(chunks));
  }

  /** A file of 4 MiB takes two of the heap's regions that lie in a row. */
  @Test
  void whereThereIsNoLargePieceOfMemoryFilesAreSmaller() throws IOException {
    int[] largest = {Integer.MAX_VALUE};
    ChunkStore store =
        new ChunkStore(
            disk,
            bytes -> {
              if (bytes > largest[0]) {
                throw new OutOfMemoryError("of the test");
              }
              return new byte[bytes];
            });
    List<ChunkPlace> places = new ArrayList<>();
    addChunks(store, places, 5_000);
    largest[0] = 256 << 10;
    addChunks(store, places, 5_000);
    largest[0] = 100;
    assertThatThrownBy(() -> addChunks(store, places, 5_000)).hasMessage("of the test");
    assertThat(places).hasSizeBetween(10_000, 10_256);
    largest[0] = Integer.MAX_VALUE;
    addChunks(store, places, 5_000);
    assertThere(places);
    store.endFile();
    store.store(DiskPace.UNPACED, () -> false);
    assertThere(places);
    assertThat(places).allMatch(place -> place.file().isOnDisk());
    assertThat(store.fileCount()).as("most are of 256 KiB").isBetween(10L, 25L);
  }

  @Test
  void aFileIsRemovedWhenBlocksHaveItsChunks() throws IOException {
    MemoryBlocks blocks = new MemoryBlocks();
    try (Head head = open()) {
      push(head, START, 300);
      head.storeChunks();
      push(head, START + 2 * HOUR, 400);
      head.storeChunks();
      Map<Labels, List<String>> before = Samples.of(head);
      SampleReader reader = head.series(1).read(Long.MIN_VALUE, Long.MAX_VALUE);
      assertThat(head.cut(blocks)).isEqualTo(1);
      assertThat(blocks.with(head, true)).isEqualTo(before);
      head.checkpoint(); // of two, none has chunks in the first file now
      assertThat(disk.list()).doesNotContain(FIRST).contains("00000002.chunks");
      assertThat(files(head)).isEqualTo(1);
      SampleBatch batch = new SampleBatch();
      int read = 0;
      while (reader.next(batch)) {
        read += batch.size;
      }
      assertThat(read).as("by who began before").isEqualTo(700);
    }
  }

  @Test
  void whatIsDeletedFromAFileIsGone() throws IOException {
    try (Head head = open()) {
      push(head, START, 600);
      head.storeChunks();
      Map<Labels, List<String>> before = Samples.of(head);
      long from = START + 150 * 10_000;
      long to = START + 200 * 10_000;
      head.delete(new Deletion(List.of(List.of(Matcher.equal("__name__", "m1"))), from, to));
      assertInFile(head, 1, 0, true);
      assertInFile(head, 1, 1, false);
      assertInFile(head, 1, 3, true);
      before.get(labels(1)).subList(150, 201).clear();
      assertThat(Samples.of(head)).isEqualTo(before);
      head.storeChunks();
      assertThat(files(head)).isEqualTo(2);
      assertThat(Samples.of(head)).isEqualTo(before);
      head.delete(new Deletion(List.of(List.of()), START, START + 3 * HOUR));
      assertThat(Samples.of(head).values()).allMatch(List::isEmpty);
      head.storeChunks();
      assertThat(files(head)).isZero();
    }
  }

  /** Numbers of four bytes say how far a chunk is from the first one. */
  @Test
  void aSampleFarInThePastIsNoMatter() throws IOException {
    try (Head head = open()) {
      push(head, 0, 130);
      push(head, START, 300);
      Map<Labels, List<String>> before = Samples.of(head);
      head.storeChunks();
      assertInFile(head, 1, 0, true);
      assertInFile(head, 1, 2, true);
      assertThat(Samples.of(head)).isEqualTo(before);
      MemoryBlocks blocks = new MemoryBlocks();
      head.cut(blocks);
      assertThat(blocks.with(head, true)).isEqualTo(before);
      push(head, START + 3_000_000, 300);
      head.storeChunks();
      assertThat(head.series(1).finished.firstMillis(0)).isEqualTo(START);
      assertInFile(head, 1, 0, true);
      assertThat(blocks.with(head, true).get(labels(1))).hasSize(730);
    }
  }

  /**
   * Two heads take in the same; one of them moves its chunks, is cut, killed and brought back, and
   * loses its power: they hold the same.
   */
  @Test
  void nothingIsLostOrDoubled() throws IOException {
    for (int seed = 0; seed < Integer.getInteger("fault.seeds", 12); seed++) {
      disk = new MemoryLogFiles();
      MemoryBlocks blocks = new MemoryBlocks();
      Random random = new Random(seed);
      long clock = START;
      long stored = 0;
      int listed = 0;
      try (Head steady =
          Head.open(
              folder.resolve("steady" + seed),
              path -> new MemoryLogFiles(),
              HeadOptions.DEFAULT,
              LogOptions.DEFAULT,
              ReplayListener.SILENT)) {
        for (int life = 0; life < 3; life++) {
          MemoryLogFiles before = disk;
          Head head = open();
          for (int n = 0; n < 25; n++) {
            int times = 1 + random.nextInt(250);
            push(head, clock, times);
            push(steady, clock, times);
            clock += times * 10_000L + random.nextInt(600_000);
            if (random.nextInt(6) == 0) {
              long from = clock - random.nextInt((int) (4 * HOUR));
              Deletion deletion =
                  new Deletion(
                      List.of(List.of(Matcher.equal("__name__", "m" + random.nextInt(SERIES)))),
                      from,
                      from + random.nextInt((int) HOUR));
              delete(head, blocks, deletion);
              steady.delete(deletion);
            }
            switch (random.nextInt(8)) {
              case 0, 1, 2 -> head.storeChunks();
              case 3 -> head.checkpoint();
              case 4 -> head.cut(blocks);
              case 5 -> head.finishSilent(clock - random.nextInt((int) HOUR));
              case 6, 7 -> head.listChunks(1 + random.nextInt(3), 1 + random.nextInt(4));
              default -> {}
            }
            listed = Math.max(listed, Listed.count(head));
            stored = Math.max(stored, files(head));
          }
          assertThat(blocks.with(head, true))
              .as("seed %d life %d", seed, life)
              .isEqualTo(withoutEmpty(Samples.of(steady)));
          disk = random.nextBoolean() ? before.kill() : before.cutPower(random);
          MemoryLogFiles.closeDead(head);
        }
        try (Head head = open()) {
          assertThat(blocks.with(head, true))
              .as("seed %d", seed)
              .isEqualTo(withoutEmpty(Samples.of(steady)));
        }
        assertThat(stored).isPositive();
        assertThat(listed).as("seed %d", seed).isPositive();
      }
    }
  }

  /** A series whose samples are all deleted may be known still. */
  private static Map<Labels, List<String>> withoutEmpty(Map<Labels, List<String>> samples) {
    samples.values().removeIf(List::isEmpty);
    return samples;
  }

  private static void delete(Head head, MemoryBlocks blocks, Deletion deletion) throws IOException {
    blocks.delete(deletion);
    head.delete(deletion);
  }
}
