package dnd.metrics.server.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dnd.metrics.server.database.UnspeakableError;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WriteAheadLogTest {
  private static final LogOptions OPTIONS =
      LogOptions.DEFAULT.withRetryInterval(Duration.ofMillis(5)).withSegmentBytes(1 << 16);

  private MemoryLogFiles files = new MemoryLogFiles();
  private final List<String> damages = new ArrayList<>();
  private final TreeMap<Long, String> found = new TreeMap<>();

  @BeforeAll
  static void pollOften() {
    Awaitility.setDefaultPollInterval(Duration.ofMillis(2));
    Awaitility.setDefaultPollDelay(Duration.ZERO);
  }

  private LogEnd replay() throws IOException {
    found.clear();
    damages.clear();
    return new LogReplay(files, d -> damages.add(d.toString()), done -> {})
        .run(
            1,
            (sequence, bytes, offset, length) ->
                assertThat(
                        found.put(
                            sequence, new String(bytes, offset, length, StandardCharsets.UTF_8)))
                    .isNull());
  }

  @Test
  void aCopyHasWhatIsBehindADamagedRecord() throws IOException {
    write("one", "two", "three");
    String name = Segment.FILES.in(files).getFirst();
    String content = new String(files.contentOf(name), StandardCharsets.ISO_8859_1);
    files.flipBit(name, 8L * content.indexOf("two"));
    MemoryLogFiles copy = new MemoryLogFiles();
    LogCopy.copy(files, List.of(), copy);
    files = copy;
    replay();
    assertThat(found.values()).containsExactly("one", "three");
  }

  /** Counts the answers of the log. */
  private static final class Answers implements LogCallback {
    final AtomicInteger committed = new AtomicInteger();
    final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();

    @Override
    public void committed() {
      committed.incrementAndGet();
    }

    @Override
    public void failed(IOException reason) {
      failures.add(reason.getMessage());
    }
  }

  private void write(String... texts) throws IOException {
    Answers answers = new Answers();
    try (WriteAheadLog log = new WriteAheadLog(files, OPTIONS, replay())) {
      for (String text : texts) {
        log.append(new TextRecord(text), answers);
      }
    }
    assertThat(answers.committed).hasValue(texts.length);
  }

  private String onlySegment() throws IOException {
    List<String> names = files.list();
    assertThat(names).hasSize(1);
    return names.getFirst();
  }

  /** The layout of docs/format/wal.md: when this fails, a new version is due. */
  @Test
  void theLayoutStays() throws IOException {
    Answers answers = new Answers();
    files.allowForces(0);
    try (WriteAheadLog log = new WriteAheadLog(files, OPTIONS, replay())) {
      log.append(new TextRecord("one"), answers);
      await().until(files::isForceHeld);
      log.append(new TextRecord("two!"), answers);
      log.append(new TextRecord("3"), answers); // written together with the one before
      files.allowForces(Integer.MAX_VALUE);
    }
    assertThat(onlySegment()).isEqualTo("00000001.wal");
    assertThat(HexFormat.ofDelimiter(" ").formatHex(files.contentOf("00000001.wal")))
        .isEqualTo(
            "64 6e 64 6d 2d 77 61 6c 02 00 00 00 01 00 00 00 01 00 00 00 00 00 00 00"
                + " 28 d8 ef 8a 00 00 00 00"
                + " 72 65 63 ec 03 00 00 80 01 00 00 00 00 00 00 00 e7 3d de f6 6f 6e 65"
                + " 72 65 63 ec 04 00 00 80 02 00 00 00 00 00 00 00 c1 fb 91 c3 74 77 6f 21"
                + " 72 65 63 ec 01 00 00 00 03 00 00 00 00 00 00 00 d7 99 21 02 33");
  }

  @Test
  void goesOnWhereItEnded() throws IOException {
    write("a", "b");
    write("c");
    LogEnd end = replay();
    assertThat(end.lastSequence()).isEqualTo(3);
    assertThat(end.segments()).isEqualTo(2);
    assertThat(found.values()).containsExactly("a", "b", "c");
    assertThat(damages).isEmpty();
    assertThat(files.list()).containsExactly("00000001.wal", "00000002.wal");
  }

  @Test
  void beginsNewFiles() throws IOException {
    String[] texts = new String[400];
    for (int i = 0; i < texts.length; i++) {
      texts[i] = i + "x".repeat(1000);
    }
    Answers answers = new Answers();
    try (WriteAheadLog log = new WriteAheadLog(files, OPTIONS, replay())) {
      for (String text : texts) {
        int before = answers.committed.get();
        log.append(new TextRecord(text), answers);
        await().until(() -> answers.committed.get() > before);
      }
      assertThat(log.statistics().segments()).isGreaterThan(4);
      assertThat(log.statistics().durableSequence()).isEqualTo(400);
    }
    LogEnd end = replay();
    assertThat(found.values()).containsExactly(texts);
    assertThat(end.segments()).isGreaterThan(4);
    assertThat(files.list()).allMatch(name -> name.endsWith(".wal"));
    assertThat(damages).isEmpty();
  }

  @Test
  void cutsATornTailAndKeepsIt() throws IOException {
    write("first", "second", "third");
    String name = onlySegment();
    byte[] whole = files.contentOf(name);
    int third = whole.length - Segment.FRAME_BYTES - "third".length();
    for (int length = third + 1; length < whole.length; length++) {
      files = new MemoryLogFiles();
      // as a preallocated file looks when the process dies within a write
      files.setContent(name, Arrays.copyOf(Arrays.copyOf(whole, length), whole.length + 500));
      replay();
      assertThat(found.values()).containsExactly("first", "second");
      assertThat(damages).hasSize(1);
      assertThat(damages.getFirst())
          .contains("memory/" + name)
          .contains("at offset " + third)
          .contains("not finished");
      assertThat(files.contentOf(name)).isEqualTo(Arrays.copyOf(whole, third));
      assertThat(files.contentOf("00000001.torn"))
          .isEqualTo(trimmed(Arrays.copyOfRange(whole, third, length)));
      write("again");
      replay();
      assertThat(found.values()).containsExactly("first", "second", "again");
      assertThat(found.lastKey()).isEqualTo(3);
      assertThat(damages).isEmpty();
    }
  }

  private static byte[] trimmed(byte[] bytes) {
    int n = bytes.length;
    while (bytes[n - 1] == 0) {
      n--;
    }
    return Arrays.copyOf(bytes, n);
  }

  @Test
  void passesOverDamageInTheMiddleAndSaysWhatIsLost() throws IOException {
    write("first", "second", "third", "fourth");
    String name = onlySegment();
    byte[] whole = files.contentOf(name);
    int second = FileHeader.BYTES + Segment.FRAME_BYTES + "first".length();
    int third = second + Segment.FRAME_BYTES + "second".length();
    for (int at = second; at < third; at++) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 0x10;
      files.setContent(name, damaged);
      LogEnd end = replay();
      assertThat(found.values()).as("byte %d", at).containsExactly("first", "third", "fourth");
      assertThat(end.lastSequence()).isEqualTo(4);
      assertThat(damages).hasSize(2);
      assertThat(damages.get(0)).contains("memory/" + name).contains("at offset " + second);
      assertThat(damages.get(1)).contains("records 2 to 2 are missing");
      assertThat(files.contentOf(name)).isEqualTo(damaged);
    }
  }

  @Test
  void saysWhenAFileIsMissing() throws IOException {
    write("a");
    write("b", "c");
    write("d");
    files.delete("00000002.wal");
    replay();
    assertThat(found.values()).containsExactly("a", "d");
    assertThat(damages).hasSize(1);
    assertThat(damages.getFirst()).contains("records 2 to 3 are missing");
  }

  @Test
  void survivesAnyFlippedBit() throws IOException {
    write("a", "bb", "ccc");
    write("dddd", "eeeee");
    List<String> all = List.of("a", "bb", "ccc", "dddd", "eeeee");
    for (String name : files.list()) {
      byte[] whole = files.contentOf(name);
      for (int bit = 0; bit < whole.length * 8; bit++) {
        byte[] damaged = whole.clone();
        damaged[bit / 8] ^= (byte) (1 << (bit % 8));
        files.setContent(name, damaged);
        boolean version = bit / 8 >= 8 && bit / 8 < 12;
        if (version) {
          continue; // another version is refused as such, see below
        }
        replay();
        assertThat(all).as("%s bit %d", name, bit).containsAll(found.values());
        assertThat(found.size()).as("%s bit %d", name, bit).isGreaterThanOrEqualTo(4);
        if (found.size() < 5) {
          assertThat(damages).as("%s bit %d", name, bit).isNotEmpty();
        }
        files.delete(name.replace(".wal", ".torn"));
      }
      files.setContent(name, whole);
    }
  }

  @Test
  void refusesALaterVersion() throws IOException {
    write("a");
    byte[] later = files.contentOf(onlySegment());
    later[8] = 9;
    CRC32C crc = new CRC32C();
    crc.update(later, 0, 24);
    ByteBuffer.wrap(later).order(ByteOrder.LITTLE_ENDIAN).putInt(24, (int) crc.getValue());
    files.setContent(onlySegment(), later);
    assertThatThrownBy(this::replay)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("log format 9");
  }

  @Test
  void keepsWhatAFullDiskRefusesAndWritesItLater() throws IOException {
    Answers answers = new Answers();
    Answers later = new Answers();
    try (WriteAheadLog log = new WriteAheadLog(files, OPTIONS, replay())) {
      log.append(new TextRecord("before"), answers);
      await().until(() -> answers.committed.get() == 1);
      files.limitCapacity(files.usedBytes());
      String large = "y".repeat(200_000);
      log.append(new TextRecord(large), answers);
      await().until(() -> answers.failures.size() == 1);
      assertThat(answers.failures).containsExactly("No space left on device");
      assertThat(log.unavailable()).hasMessage("No space left on device");
      log.append(new TextRecord("behind"), answers);
      await().until(() -> answers.failures.size() == 2);
      log.whenDurable(answers);
      await().until(() -> answers.failures.size() == 3);
      files.limitCapacity(Long.MAX_VALUE);
      await().until(() -> log.unavailable() == null);
      log.whenDurable(later);
      await().until(() -> later.committed.get() == 1);
      assertThat(log.append(new TextRecord("after"), later)).isEqualTo(4);
      await().until(() -> later.committed.get() == 2);
      files = files.cutPower(new Random(1));
    } catch (IOException e) {
      assertThat(e).hasMessage("the power is cut");
    }
    replay();
    assertThat(found.keySet()).containsExactly(1L, 2L, 3L, 4L);
    assertThat(found.get(2L)).hasSize(200_000);
    assertThat(found.get(4L)).isEqualTo("after");
  }

  @Test
  void aFailedForceIsNotBelievedLater() throws IOException {
    for (int seed = 0; seed < 30; seed++) {
      files = new MemoryLogFiles();
      Answers answers = new Answers();
      try (WriteAheadLog log = new WriteAheadLog(files, OPTIONS, replay())) {
        log.append(new TextRecord("one"), answers);
        await().until(() -> answers.committed.get() == 1);
        files.failForces(1 + seed % 3);
        log.append(new TextRecord("two"), answers);
        await().until(() -> answers.failures.size() == 1);
        await().until(() -> log.unavailable() == null);
        files = files.cutPower(new Random(seed));
      } catch (IOException e) {
        assertThat(e).hasMessage("the power is cut");
      }
      replay();
      assertThat(found.values()).as("seed %d", seed).containsExactly("one", "two");
    }
  }

  @Test
  void refusesRecordsOnceClosed() throws IOException {
    WriteAheadLog log = new WriteAheadLog(files, OPTIONS, LogEnd.EMPTY);
    log.close();
    log.close();
    assertThatThrownBy(() -> log.append(new TextRecord("x"), new Answers()))
        .isInstanceOf(IllegalStateException.class);
  }

  /** Whatever was answered with committed is there after a power cut at any moment. */
  @Test
  void losesNothingThatItCommittedToWhateverTheDiskDoes() throws IOException {
    for (int seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      files = new MemoryLogFiles();
      TreeMap<Long, String> expected = new TreeMap<>();
      for (int life = 0; life < 3; life++) {
        LogEnd end = replay();
        assertThat(found)
            .as("seed %d life %d: %s", seed, life, damages)
            .containsAllEntriesOf(expected);
        expected.clear();
        expected.putAll(found);
        TreeMap<Long, Answers> asked = new TreeMap<>();
        TreeMap<Long, String> texts = new TreeMap<>();
        MemoryLogFiles disk = files;
        try (WriteAheadLog log = new WriteAheadLog(disk, OPTIONS, end)) {
          int n = random.nextInt(60);
          for (int i = 0; i < n; i++) {
            switch (random.nextInt(25)) {
              case 0 -> disk.failForces(1 + random.nextInt(2), new Random(random.nextLong()));
              case 1 -> disk.failWrites(1 + random.nextInt(3));
              case 2 -> disk.limitCapacity(disk.usedBytes() + random.nextInt(3000));
              case 3, 4, 5 -> disk.limitCapacity(Long.MAX_VALUE);
              default -> {}
            }
            String text = seed + "/" + life + "/" + i + "z".repeat(random.nextInt(9000));
            Answers answers = new Answers();
            long sequence = log.append(new TextRecord(text), answers);
            asked.put(sequence, answers);
            texts.put(sequence, text);
            if (random.nextInt(4) == 0) {
              await().until(() -> answers.committed.get() + answers.failures.size() > 0);
            }
          }
          files = random.nextInt(3) == 0 ? disk.kill() : disk.cutPower(random);
        } catch (IOException e) {
          assertThat(e).hasMessage("the power is cut");
        }
        asked.forEach((sequence, answers) -> {
          if (answers.committed.get() == 1) {
            expected.put(sequence, texts.get(sequence));
          }
        });
      }
    }
  }

  @Test
  void givesBackTheZerosOfAKilledProcess() throws IOException {
    Answers answers = new Answers();
    try (WriteAheadLog log = new WriteAheadLog(files, OPTIONS, replay())) {
      log.append(new TextRecord("one"), answers);
      await().until(() -> answers.committed.get() == 1);
      assertThat(files.usedBytes()).isGreaterThan(1 << 15);
      files = files.kill();
    } catch (IOException e) {
      assertThat(e).hasMessage("the power is cut");
    }
    replay();
    assertThat(found.values()).containsExactly("one");
    assertThat(damages).isEmpty();
    assertThat(files.usedBytes()).isLessThan(100);
    write("two");
    replay();
    assertThat(found.values()).containsExactly("one", "two");
  }

  /** What a start has found is answered to whoever sends it again: it must not be lost later. */
  @Test
  void whatAKilledProcessDidNotForceIsForcedByTheNextStart() throws IOException {
    for (int seed = 0; seed < 30; seed++) {
      files = new MemoryLogFiles();
      files.limitCapacity(1000); // no room for zeros, which would be cut off and forced
      Answers answers = new Answers();
      try (WriteAheadLog log = new WriteAheadLog(files, OPTIONS, replay())) {
        log.append(new TextRecord("one"), answers);
        await().until(() -> answers.committed.get() == 1);
        files.allowForces(0);
        log.append(new TextRecord("two"), answers);
        await().until(files::isForceHeld);
        files = files.killUnforced();
      } catch (IOException e) {
        assertThat(e).hasMessage("the power is cut");
      }
      write("three");
      files = files.cutPower(new Random(seed));
      replay();
      assertThat(found.values()).as("seed %d", seed).containsExactly("one", "two", "three");
    }
  }

  static Stream<Runnable> faults() {
    return Stream.of(
        () -> {
          throw new IllegalStateException("thrown by a test");
        },
        () -> {
          throw new LinkageError("thrown by a test");
        },
        () -> {
          throw new UnspeakableError();
        });
  }

  @ParameterizedTest(name = "{index}")
  @MethodSource("faults")
  void whoeverCallsThemBackTogetherMayFailAtAnyOfThem(Runnable fault) throws IOException {
    Answers answers = new Answers();
    try (WriteAheadLog log = new WriteAheadLog(files, OPTIONS, replay())) {
      log.callBackTogether(answersOfOneForce -> fault.run());
      log.append(new TextRecord("one"), answers);
      await().until(() -> answers.committed.get() == 1);
      log.callBackTogether(answersOfOneForce -> {
        answersOfOneForce.run();
        fault.run();
      });
      log.append(new TextRecord("two"), answers);
      await().until(() -> answers.committed.get() == 2);
      log.callBackTogether(Runnable::run);
      log.append(new TextRecord("three"), answers);
      await().until(() -> answers.committed.get() == 3);
    }
    assertThat(answers.committed).as("each once").hasValue(3);
    assertThat(answers.failures).isEmpty();
    replay();
    assertThat(found.values()).containsExactly("one", "two", "three");
  }

  static Stream<Error> errors() {
    return Stream.of(new LinkageError("thrown by a test"), new UnspeakableError());
  }

  @ParameterizedTest(name = "{index}")
  @MethodSource("errors")
  void anErrorAtTheDiskIsToldAndTheSameIsTriedAgain(Error error) throws IOException {
    Answers answers = new Answers();
    try (WriteAheadLog log = new WriteAheadLog(files, OPTIONS, replay())) {
      files.failForce(error);
      log.append(new TextRecord("one"), answers);
      await().until(() -> answers.failures.size() == 1);
      log.append(new TextRecord("two"), answers);
      await().until(() -> answers.committed.get() == 1);
      assertThat(log.unavailable()).isNull();
      assertThat(log.statistics().durableSequence()).isEqualTo(2);
    }
    assertThat(answers.committed).as("only what was forced").hasValue(1);
    assertThat(answers.failures).hasSize(1);
    replay();
    assertThat(found.values()).containsExactly("one", "two");
    assertThat(damages).isEmpty();
  }

  @Test
  void aRecordWithoutMemoryLeavesNoGap() throws IOException {
    Answers answers = new Answers();
    RecordBody one = new TextRecord("one");
    RecordBody withoutMemory =
        new RecordBody() {
          @Override
          public int length() {
            return one.length();
          }

          @Override
          public void updateChecksum(CRC32C crc) {
            one.updateChecksum(crc);
          }

          @Override
          public void copyTo(byte[] target, int offset) {
            throw new OutOfMemoryError("thrown by a test");
          }
        };
    try (WriteAheadLog log = new WriteAheadLog(files, OPTIONS, replay())) {
      assertThatThrownBy(() -> log.append(withoutMemory, answers))
          .isInstanceOf(OutOfMemoryError.class);
      assertThat(log.lastSequence()).isZero();
      assertThat(log.append(one, answers)).isEqualTo(1);
    }
    assertThat(answers.committed).hasValue(1);
    replay();
    assertThat(found.values()).containsExactly("one");
    assertThat(damages).isEmpty();
  }

  @Test
  void whatCameWhileTheDiskFailedIsRefusedAndWritten() throws IOException {
    Answers answers = new Answers();
    files.failForces(Integer.MAX_VALUE);
    try (WriteAheadLog log = new WriteAheadLog(files, OPTIONS, replay())) {
      log.append(new TextRecord("one"), answers);
      await().until(() -> answers.failures.size() == 1);
      log.append(new TextRecord("two"), answers);
      await().until(() -> answers.failures.size() == 2);
      log.append(new TextRecord("three"), answers);
      log.whenDurable(answers);
      await().until(() -> answers.failures.size() == 4);
      assertThat(answers.committed).hasValue(0);
      files.failForces(0);
      await().until(() -> log.statistics().durableSequence() == 3);
    }
    assertThat(answers.committed).as("they were refused").hasValue(0);
    assertThat(answers.failures).hasSize(4);
    replay();
    assertThat(found.values()).containsExactly("one", "two", "three");
    assertThat(firstOfTheirWrite()).containsExactly(1L, 2L);
  }

  /** The numbers of the records that are marked, in sound files. */
  private List<Long> firstOfTheirWrite() throws IOException {
    List<Long> marked = new ArrayList<>();
    CRC32C crc = new CRC32C();
    for (String name : Segment.FILES.in(files)) {
      ByteBuffer in = ByteBuffer.wrap(files.contentOf(name)).order(ByteOrder.LITTLE_ENDIAN);
      int at = FileHeader.BYTES;
      while (at < in.limit()) {
        if (Segment.isFirstOfWrite(in, at)) {
          marked.add(Segment.sequenceAt(in, at));
        }
        at += Segment.soundRecordAt(in, at, crc);
      }
    }
    return marked;
  }

  @ParameterizedTest(name = "{index}")
  @MethodSource("faults")
  void aCallbackThatThrowsHarmsNobodyElse(Runnable fault) throws IOException {
    Answers answers = new Answers();
    try (WriteAheadLog log = new WriteAheadLog(files, OPTIONS, replay())) {
      log.append(
          new TextRecord("one"),
          new LogCallback() {
            @Override
            public void committed() {
              fault.run();
            }

            @Override
            public void failed(IOException reason) {}
          });
      log.append(new TextRecord("two"), answers);
      await().until(() -> answers.committed.get() == 1);
      log.afterEachForce(anotherFollows -> fault.run());
      log.append(new TextRecord("three"), answers);
      await().until(() -> answers.committed.get() == 2);
      log.append(new TextRecord("four"), answers);
      await().until(() -> answers.committed.get() == 3);
    }
    replay();
    assertThat(found.values()).containsExactly("one", "two", "three", "four");
  }

  @Test
  void saysAfterEachForceWhetherAnotherFollows() throws IOException {
    Answers answers = new Answers();
    List<Boolean> forced = new CopyOnWriteArrayList<>();
    try (WriteAheadLog log = new WriteAheadLog(files, OPTIONS, replay())) {
      log.afterEachForce(forced::add);
      log.append(
          new TextRecord("one"),
          new LogCallback() {
            @Override
            public void committed() {
              log.append(new TextRecord("two"), answers); // within the force of the first
            }

            @Override
            public void failed(IOException reason) {}
          });
      await().until(() -> forced.size() == 2);
      assertThat(forced).containsExactly(true, false);
      files.failForces(1);
      log.append(new TextRecord("three"), answers);
      await().until(() -> forced.size() == 4);
      assertThat(forced)
          .as("one failed, which is told too")
          .containsExactly(true, false, false, false);
    }
  }
}
