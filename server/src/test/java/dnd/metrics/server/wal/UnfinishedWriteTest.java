package dnd.metrics.server.wal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/**
 * Sectors of a write that was not forced are there or not, in any choice: what is in front of the
 * first hole counts, and what was forced before or is forced later somewhere else.
 */
class UnfinishedWriteTest {
  private static final int SEGMENT_BYTES = 1 << 16;
  private static final int SECTOR_BYTES = UnfinishedWrite.SECTOR_BYTES;
  private static final String FIRST = "00000001.wal";
  private static final String SECOND = "00000002.wal";

  private MemoryLogFiles files = new MemoryLogFiles();
  private final List<String> damages = new ArrayList<>();
  private final TreeMap<Long, String> found = new TreeMap<>();

  /** A file in which one write follows the other. */
  private static final class Written {
    /** The file before its last write, and with it. */
    final byte[] before;

    final byte[] after;

    /** Where the records of the last write begin, and behind them where it ends. */
    final List<Integer> starts;

    Written(byte[] before, byte[] after, List<Integer> starts) {
      this.before = before;
      this.after = after;
      this.starts = starts;
    }

    int start() {
      return starts.getFirst();
    }

    /** Sectors that the last write changes. */
    List<Integer> sectors() {
      List<Integer> changed = new ArrayList<>();
      for (int sector = 0; sector * SECTOR_BYTES < starts.getLast(); sector++) {
        if (!Arrays.equals(sectorOf(before, sector), sectorOf(after, sector))) {
          changed.add(sector);
        }
      }
      return changed;
    }

    /** The file when the disk has not kept some sectors of the last write. */
    byte[] without(BitSet lost) {
      byte[] bytes = after.clone();
      lost.stream()
          .forEach(sector -> {
            byte[] old = sectorOf(before, sector);
            int at = sector * SECTOR_BYTES;
            System.arraycopy(old, 0, bytes, at, Math.min(old.length, bytes.length - at));
          });
      return bytes;
    }

    private static byte[] sectorOf(byte[] bytes, int sector) {
      return Arrays.copyOfRange(bytes, sector * SECTOR_BYTES, (sector + 1) * SECTOR_BYTES);
    }

    /** How many records of the last write have no byte in these sectors, before the first has. */
    int recordsBefore(BitSet lost) {
      for (int i = 0; i + 1 < starts.size(); i++) {
        int next = lost.nextSetBit(starts.get(i) / SECTOR_BYTES);
        if (next >= 0 && next * SECTOR_BYTES < starts.get(i + 1)) {
          return i;
        }
      }
      return starts.size() - 1;
    }
  }

  /** Writes file {@code number} of the log, of which the first record has number {@code first}. */
  private static Written written(int number, long first, List<List<String>> writes)
      throws IOException {
    MemoryLogFiles disk = new MemoryLogFiles();
    String name = Segment.FILES.name(number);
    SegmentWriter writer = new SegmentWriter(disk, number - 1, SEGMENT_BYTES);
    byte[] before = new byte[SEGMENT_BYTES];
    List<Integer> starts = new ArrayList<>();
    int at = FileHeader.BYTES;
    long sequence = first;
    for (List<String> texts : writes) {
      before = disk.list().contains(name) ? disk.contentOf(name) : before;
      starts.clear();
      PendingRecords records = new PendingRecords();
      long firstOfWrite = sequence;
      for (String text : texts) {
        CRC32C crc = new CRC32C();
        TextRecord body = new TextRecord(text);
        body.updateChecksum(crc);
        records.add(body, sequence++, crc, LogCallback.NOBODY);
        starts.add(at);
        at += Segment.FRAME_BYTES + text.length();
      }
      starts.add(at);
      writer.write(records.bytes(), firstOfWrite);
    }
    byte[] after = disk.contentOf(name);
    writer.close();
    return new Written(Arrays.copyOf(before, after.length), after, starts);
  }

  private LogEnd replay() throws IOException {
    found.clear();
    damages.clear();
    return new LogReplay(files, d -> damages.add(d.toString()), done -> {}).run(1, this::find);
  }

  private void find(long sequence, byte[] bytes, int offset, int length) {
    assertThat(found.put(sequence, new String(bytes, offset, length, StandardCharsets.UTF_8)))
        .isNull();
  }

  private static List<String> texts(Random random, int count) {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int length =
          switch (random.nextInt(4)) {
            case 0 -> 1 + random.nextInt(40);
            case 1, 2 -> 300 + random.nextInt(500);
            default -> 1500 + random.nextInt(5000);
          };
      texts.add(Character.toString('a' + i % 26).repeat(length));
    }
    return texts;
  }

  /** Each sector alone, each two, and many choices of more. */
  private static void forEachLoss(Written file, Random random, LossTest test) throws IOException {
    List<Integer> sectors = file.sectors();
    for (int first : sectors) {
      for (int second : sectors) {
        if (first <= second) {
          BitSet lost = new BitSet();
          lost.set(first);
          lost.set(second);
          test.accept(lost);
        }
      }
    }
    for (int i = 0; i < 100; i++) {
      BitSet lost = new BitSet();
      sectors.stream().filter(sector -> random.nextBoolean()).forEach(lost::set);
      test.accept(lost);
    }
  }

  private interface LossTest {
    void accept(BitSet lost) throws IOException;
  }

  private static List<String> concat(List<String> one, List<String> two) {
    List<String> both = new ArrayList<>(one);
    both.addAll(two);
    return both;
  }

  @Test
  void fromItsFirstHoleOnItIsATornTail() throws IOException {
    for (int seed = 0; seed < 12; seed++) {
      Random random = new Random(seed);
      boolean isFirstOfFile = seed % 3 == 0;
      boolean isFull = seed % 2 == 0; // the file ends where its records end
      List<String> forced = isFirstOfFile ? List.of() : texts(random, 1 + random.nextInt(3));
      List<String> last = texts(random, 2 + random.nextInt(5));
      Written file = written(1, 1, isFirstOfFile ? List.of(last) : List.of(forced, last));
      forEachLoss(
          file,
          random,
          lost -> {
            byte[] bytes = file.without(lost);
            files = new MemoryLogFiles();
            files.setContent(FIRST, isFull ? Arrays.copyOf(bytes, file.starts.getLast()) : bytes);
            LogEnd end = replay();
            int whole = file.recordsBefore(lost);
            List<String> expected = concat(forced, last.subList(0, whole));
            assertThat(found.values()).as("lost %s", lost).containsExactlyElementsOf(expected);
            assertThat(end.lastSequence()).isEqualTo(expected.size());
            assertThat(damages)
                .hasSizeLessThanOrEqualTo(1)
                .allMatch(line -> line.contains("the last write was not finished"));
            boolean headerLost = isFirstOfFile && lost.get(0);
            int kept = headerLost ? 0 : file.starts.get(whole);
            assertThat(files.contentOf(FIRST)).isEqualTo(Arrays.copyOf(bytes, kept));
            if (!damages.isEmpty()) {
              byte[] torn = files.contentOf("00000001.torn");
              assertThat(torn).isEqualTo(Arrays.copyOfRange(bytes, kept, kept + torn.length));
            }

            Written next = written(2, end.lastSequence() + 1, List.of(List.of("next")));
            files.setContent(SECOND, next.after);
            replay();
            assertThat(found.values()).containsExactlyElementsOf(concat(expected, List.of("next")));
            assertThat(damages).isEmpty();
          });
    }
  }

  @Test
  void zerosInWhatWasForcedAreDamage() throws IOException {
    List<String> forced = texts(new Random(1), 8);
    Written first = written(1, 1, List.of(forced));
    Written file = written(1, 1, List.of(forced, List.of("later")));
    forEachLoss(
        first,
        new Random(1),
        lost -> {
          lost.clear(
              first.starts.getLast() / SECTOR_BYTES); // which has the mark of the later write
          if (lost.isEmpty()) {
            return;
          }
          byte[] bytes = new Written(first.before, file.after, first.starts).without(lost);
          files.setContent(FIRST, bytes);
          LogEnd end = replay();
          List<String> expected = new ArrayList<>();
          for (int i = 0; i < forced.size(); i++) {
            int sector = lost.nextSetBit(first.starts.get(i) / SECTOR_BYTES);
            if (sector < 0 || sector * SECTOR_BYTES >= first.starts.get(i + 1)) {
              expected.add(forced.get(i));
            }
          }
          expected.add("later");
          assertThat(found.values()).as("lost %s", lost).containsExactlyElementsOf(expected);
          assertThat(end.lastSequence()).isEqualTo(forced.size() + 1);
          assertThat(damages)
              .anyMatch(line -> line.contains("no checksum vouches for"))
              .noneMatch(line -> line.contains("not finished"));
          assertThat(files.list()).as("nothing is cut").containsExactly(FIRST);
        });
  }

  /** It may have been acknowledged, and so may all behind it: also where its mark is gone. */
  @Test
  void aFlippedBitInTheLastWriteIsDamage() throws IOException {
    List<String> last = texts(new Random(2), 5);
    Written file = written(1, 1, List.of(List.of("forced"), last));
    for (int i = 0; i < 4; i++) {
      List<String> expected = new ArrayList<>(concat(List.of("forced"), last));
      expected.remove(1 + i);
      for (int at = file.starts.get(i); at < file.starts.get(i + 1); at += 7) {
        byte[] bytes = file.after.clone();
        bytes[at] ^= 4;
        files.setContent(FIRST, bytes);
        replay();
        assertThat(found.values()).as("byte %d", at).containsExactlyElementsOf(expected);
        assertThat(damages).hasSize(2);
        assertThat(damages.getFirst()).contains("no checksum vouches for");
      }
    }
  }

  /**
   * A force failed, what is left of the write could not be cut off, and the same was written again
   * into the next file, and acknowledged.
   */
  @Test
  void whatWasWrittenAgainIsReadFromTheNextFile() throws IOException {
    for (int seed = 0; seed < 6; seed++) {
      Random random = new Random(seed);
      List<String> forced = texts(random, 2);
      List<String> twice = texts(random, 2 + random.nextInt(5));
      List<String> all = concat(concat(forced, twice), List.of("later"));
      Written given = written(1, 1, List.of(forced, twice));
      byte[] again = written(2, forced.size() + 1, List.of(twice, List.of("later"))).after;
      byte[] damagedHeader = again.clone();
      damagedHeader[20] ^= 1;
      forEachLoss(
          given,
          random,
          lost -> {
            files.setContent(FIRST, given.without(lost));
            files.setContent(SECOND, again);
            replay();
            assertThat(found.values()).as("lost %s", lost).containsExactlyElementsOf(all);
            assertThat(damages).as("nothing is lost").isEmpty();
            files.setContent(SECOND, damagedHeader);
            replay();
            assertThat(found.values()).as("lost %s", lost).containsExactlyElementsOf(all);
            assertThat(damages).hasSize(1);
            assertThat(damages.getFirst()).contains("00000002.wal: damaged at offset 0");
          });
    }
  }

  /** The same where something turned over in what was left. */
  @Test
  void whatWasWrittenAgainIsReadFromTheNextFileAlsoWhereTheFirstIsDamaged() throws IOException {
    List<String> twice = List.of("one", "two", "three");
    Written given = written(1, 1, List.of(List.of("forced"), twice));
    byte[] again = written(2, 2, List.of(twice, List.of("later"))).after;
    for (int at = given.start(); at < given.starts.getLast(); at++) {
      byte[] bytes = given.after.clone();
      bytes[at] ^= 0x10;
      files.setContent(FIRST, bytes);
      files.setContent(SECOND, again);
      replay();
      assertThat(found.values())
          .as("byte %d", at)
          .containsExactly("forced", "one", "two", "three", "later");
      assertThat(damages).isEmpty();
    }
  }

  /** The attempt after a failed one was cut off by a power cut: both have holes, of any kind. */
  @Test
  void ofTwoUnfinishedAttemptsWhatIsInFrontOfBothHolesCounts() throws IOException {
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      List<String> forced = texts(random, 1);
      List<String> twice = texts(random, 2 + random.nextInt(5));
      Written given = written(1, 1, List.of(forced, twice));
      Written again = written(2, forced.size() + 1, List.of(twice));
      files = new MemoryLogFiles();
      files.setContent(FIRST, given.without(chosen(given, random)));
      files.setContent(SECOND, again.without(chosen(again, random)));
      LogEnd end = replay();
      int before = found.size();
      assertThat(found.values())
          .as("seed %d", seed)
          .containsExactlyElementsOf(concat(forced, twice).subList(0, before));
      assertThat(end.lastSequence()).isEqualTo(before);
      replay();
      assertThat(found).as("seed %d, at the next start", seed).hasSize(before);
      files.setContent("00000003.wal", written(3, before + 1, List.of(List.of("next"))).after);
      replay();
      assertThat(found.values())
          .as("seed %d", seed)
          .containsExactlyElementsOf(
              concat(concat(forced, twice).subList(0, before), List.of("next")));
    }
  }

  private static BitSet chosen(Written file, Random random) {
    BitSet lost = new BitSet();
    int oneIn = 1 + random.nextInt(4);
    file.sectors().stream().filter(sector -> random.nextInt(oneIn) == 0).forEach(lost::set);
    return lost;
  }

  /** What is behind the hole was read at an earlier start, or was forced: nobody has it again. */
  @Test
  void whatIsBehindAHoleCountsWhereTheNextFileGoesOnBehindIt() throws IOException {
    List<String> last = List.of("one", "x".repeat(2 * SECTOR_BYTES), "three");
    Written file = written(1, 1, List.of(List.of("forced"), last));
    BitSet lost = new BitSet();
    lost.set(1);
    files.setContent(FIRST, file.without(lost));
    files.setContent(SECOND, written(2, 5, List.of(List.of("next"))).after);
    replay();
    assertThat(found.values()).containsExactly("forced", "one", "three", "next");
    assertThat(damages).hasSize(2);
    assertThat(damages.get(0)).contains("00000001.wal: damaged at offset");
    assertThat(damages.get(1)).contains("records 3 to 3 are missing");
  }

  /** The next file got its name, and nothing else of it is there. */
  @Test
  void aHoleIsATornTailAlsoWhereAnEmptyFileFollows() throws IOException {
    List<String> last = List.of("one", "x".repeat(2 * SECTOR_BYTES), "three");
    Written file = written(1, 1, List.of(List.of("forced"), last));
    BitSet lost = new BitSet();
    lost.set(1);
    for (int length : new int[] {0, SEGMENT_BYTES}) {
      files = new MemoryLogFiles();
      files.setContent(FIRST, file.without(lost));
      files.setContent(SECOND, new byte[length]);
      LogEnd end = replay();
      assertThat(found.values()).containsExactly("forced", "one");
      assertThat(damages).hasSize(1);
      assertThat(damages.getFirst()).contains("not finished").contains("00000001.torn");
      assertThat(end.lastSegment()).isEqualTo(2);
      replay();
      assertThat(found.values()).containsExactly("forced", "one");
      assertThat(damages).isEmpty();
    }
  }

  /** Nobody knows which of these records were forced: they are served, as they always were. */
  @Test
  void aFileOfVersionOneIsReadAsItWas() throws IOException {
    byte[] bytes =
        HexFormat.ofDelimiter(" ")
            .parseHex(
                "64 6e 64 6d 2d 77 61 6c 01 00 00 00 01 00 00 00 01 00 00 00 00 00 00 00"
                    + " db b8 17 99 00 00 00 00"
                    + " 72 65 63 ec 03 00 00 00 01 00 00 00 00 00 00 00 0c 38 b6 50 6f 6e 65"
                    + " 72 65 63 ec 04 00 00 00 02 00 00 00 00 00 00 00 2a fe f9 65 74 77 6f 21");
    files.setContent(FIRST, bytes);
    assertThat(replay().lastSequence()).isEqualTo(2);
    assertThat(found.values()).containsExactly("one", "two!");
    assertThat(LogFront.firstWith(files, List.of(SECOND, FIRST), 1)).isEqualTo(1);

    List<String> last = List.of("one", "x".repeat(2 * SECTOR_BYTES), "three");
    byte[] holed = inVersionOne(written(1, 1, List.of(List.of("forced"), last)).after);
    Arrays.fill(holed, SECTOR_BYTES, 2 * SECTOR_BYTES, (byte) 0);
    files.setContent(FIRST, holed);
    assertThat(replay().lastSequence()).isEqualTo(4);
    assertThat(found.values()).containsExactly("forced", "one", "three");
    assertThat(damages).hasSize(2);
  }

  /** A sound file without its marks. */
  private static byte[] inVersionOne(byte[] sound) {
    byte[] bytes = sound.clone();
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    CRC32C crc = new CRC32C();
    in.putInt(8, 1);
    crc.update(bytes, 0, 24);
    in.putInt(24, (int) crc.getValue());
    int at = FileHeader.BYTES;
    while (at < bytes.length) {
      int length = Segment.soundRecordAt(in, at, crc);
      if (length < 0) {
        break;
      }
      in.putInt(at + 4, length - Segment.FRAME_BYTES);
      crc.reset();
      crc.update(bytes, at + Segment.FRAME_BYTES, length - Segment.FRAME_BYTES);
      crc.update(bytes, at + 4, 12);
      in.putInt(at + 16, (int) crc.getValue());
      at += length;
    }
    return bytes;
  }

  @Test
  void aCopyReadsAsTheLogDoes() throws IOException {
    Random random = new Random(3);
    List<String> last = texts(random, 6);
    Written file = written(1, 1, List.of(List.of("forced"), last));
    forEachLoss(
        file,
        random,
        lost -> {
          MemoryLogFiles origin = new MemoryLogFiles();
          origin.setContent(FIRST, file.without(lost));
          files = new MemoryLogFiles();
          LogCopy.copy(origin, List.of(), files);
          replay();
          assertThat(found.values())
              .as("lost %s", lost)
              .containsExactlyElementsOf(
                  concat(List.of("forced"), last.subList(0, file.recordsBefore(lost))));
        });
  }

  /** A journal's files may begin with any number. */
  @Test
  void theSameWhereTheOldestFilesWereRemoved() throws IOException {
    Random random = new Random(4);
    List<String> last = texts(random, 4);
    for (boolean isFirstOfFile : new boolean[] {true, false}) {
      List<String> forced = isFirstOfFile ? List.of() : List.of("forced");
      Written file = written(7, 50, isFirstOfFile ? List.of(last) : List.of(forced, last));
      forEachLoss(
          file,
          random,
          lost -> {
            files = new MemoryLogFiles();
            files.setContent("00000007.wal", file.without(lost));
            found.clear();
            damages.clear();
            LogEnd end =
                new LogReplay(files, d -> damages.add(d.toString()), done -> {})
                    .runFromOldest(this::find);
            List<String> expected = concat(forced, last.subList(0, file.recordsBefore(lost)));
            assertThat(found.values()).as("lost %s", lost).containsExactlyElementsOf(expected);
            boolean headerLost = isFirstOfFile && lost.get(0);
            assertThat(end.lastSequence()).isEqualTo(headerLost ? 0 : 49 + expected.size());
            assertThat(damages).allMatch(line -> line.contains("not finished"));
          });
    }
  }

  /** A checkpoint is there only when the records up to its number were forced. */
  @Test
  void zerosAreDamageInWhatACheckpointHas() throws IOException {
    List<String> last = List.of("one", "x".repeat(2 * SECTOR_BYTES), "three", "four");
    Written file = written(1, 1, List.of(List.of("forced"), last));
    BitSet lost = new BitSet();
    lost.set(1);
    files.setContent(FIRST, file.without(lost));
    Consumer<LogDamage> told = d -> damages.add(d.toString());
    LogEnd end = new LogReplay(files, told, done -> {}).run(4, this::find);
    assertThat(found.values()).containsExactly("three", "four");
    assertThat(end.lastSequence()).isEqualTo(5);
    assertThat(damages).hasSize(1);
    assertThat(damages.getFirst()).contains("no checksum vouches for");
  }
}
