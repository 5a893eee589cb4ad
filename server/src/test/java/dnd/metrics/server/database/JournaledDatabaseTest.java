package dnd.metrics.server.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dnd.metrics.server.wal.MemoryLogFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The journal in front of tables that fail, and a disk under it that fails. */
class JournaledDatabaseTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration SHORT = Duration.ofMillis(5);

  @TempDir private Path folder;
  private final ManualClock clock = new ManualClock();
  private final List<String> damages = new ArrayList<>();
  private MemoryLogFiles disk = new MemoryLogFiles();
  private MemoryTables tables = new MemoryTables();

  private DatabaseOptions options(Map<String, Duration> ttl) {
    return options(Duration.ofSeconds(20), ttl);
  }

  private DatabaseOptions options(Duration patience, Map<String, Duration> ttl) {
    return new DatabaseOptions(
        folder, new DatabaseAddress.DataFolder(), "metrics_db", ttl, patience, SHORT, SHORT, SHORT);
  }

  private JournaledDatabase open() throws IOException {
    return open(Map.of());
  }

  private JournaledDatabase open(Map<String, Duration> ttl) throws IOException {
    Files.createDirectories(folder.resolve("journal"));
    return new JournaledDatabase(options(ttl), disk, tables, clock, damages::add);
  }

  private static Row silence(String id, int version) {
    return Row.builder().text("id", id).text("comment", "version " + version).build();
  }

  private static List<Change> put(String id, int version) {
    return List.of(new Change.Put(Table.SILENCES, silence(id, version)));
  }

  @Test
  void writesWaitWhileTheTablesAreAwayAndFollowInOrder() throws Exception {
    try (JournaledDatabase database = open()) {
      database.write(put("a", 1));
      assertThat(database.read(Table.SILENCES, Map.of())).containsExactly(silence("a", 1));
      tables.setAway(true);
      await().atMost(PATIENCE).until(() -> database.status().state() == DatabaseStatus.State.AWAY);
      long first = clock.millis();
      for (int version = 2; version <= 9; version++) {
        database.write(put("a", version));
        clock.advance(Duration.ofSeconds(1));
      }
      DatabaseStatus status = database.status();
      assertThat(status.problem()).isEqualTo("told to be away");
      assertThat(status.waitingWrites()).isEqualTo(8);
      assertThat(status.oldestWaitingMillis()).hasValue(first);
      assertThat(status.awaySinceMillis()).hasValue(first);
      assertThat(status.waitingBytes()).isPositive();
      assertThatThrownBy(() -> database.read(Table.SILENCES, Map.of()))
          .isInstanceOf(DatabaseUnavailableException.class)
          .hasMessage("the database sqlite is away: told to be away");
      assertThat(tables.rows(Table.SILENCES)).containsExactly(silence("a", 1));
      tables.setAway(false);
      await().atMost(PATIENCE).until(() -> database.status().isAvailable());
      assertThat(database.read(Table.SILENCES, Map.of())).containsExactly(silence("a", 9));
      assertThat(database.status().waitingWrites()).isZero();
    }
  }

  @Test
  void whatTheTablesLackAtTheEndIsThereAfterTheNextStart() throws Exception {
    tables.setAway(true);
    try (JournaledDatabase database = open()) {
      database.write(put("a", 1));
      database.write(put("b", 1));
      database.write(List.of(new Change.Remove(Table.SILENCES, id("a"))));
    }
    tables.setAway(false);
    try (JournaledDatabase database = open()) {
      assertThat(database.read(Table.SILENCES, Map.of())).containsExactly(silence("b", 1));
    }
    assertThat(damages).isEmpty();
  }

  private static Row id(String id) {
    return Row.builder().text("id", id).build();
  }

  @Test
  void theJournalIsEmptyOnceAllIsInTheTablesForGood() throws Exception {
    try (JournaledDatabase database = open()) {
      database.write(put("a", 1));
    }
    assertThat(tables.wasForced()).isTrue();
    assertThat(disk.list()).isEmpty();
  }

  @Test
  void fullFilesAreRemovedWhileWritingGoesOn() throws Exception {
    String long100Kb = "x".repeat(100_000);
    try (JournaledDatabase database = open()) {
      for (int i = 0; i < 600; i++) {
        Row row = Row.builder().text("id", "a").text("comment", long100Kb + i).build();
        database.write(List.of(new Change.Put(Table.SILENCES, row)));
      }
      // Files of 8 MiB: two not looked at since the last removal, the last one, the one prepared.
      await().atMost(PATIENCE).until(() -> disk.usedBytes() < 34 << 20);
      assertThat(database.read(Table.SILENCES, Map.of()).getFirst().text("comment"))
          .endsWith("x599");
    }
  }

  @Test
  void aWriteThatTheTablesRefuseIsSetAsideAndTheOthersGoOn() throws Exception {
    tables.refuse(change -> change instanceof Change.Put put && put.row().text("id").equals("bad"));
    tables.setAway(true);
    try (JournaledDatabase database = open()) {
      database.write(put("a", 1));
      database.write(put("bad", 1));
      database.write(put("c", 1));
      tables.setAway(false);
      await().atMost(PATIENCE).until(() -> database.status().isAvailable());
      assertThat(database.read(Table.SILENCES, Map.of()))
          .containsExactly(silence("a", 1), silence("c", 1));
      assertThat(database.status().refusedWrites()).isEqualTo(1);
    }
    Path refused = folder.resolve("journal/refused.jsonl");
    assertThat(Files.readString(refused))
        .contains("\"reason\":\"told to refuse it\"", "comment=version 1");
    tables.refuse(change -> false);
    try (JournaledDatabase database = open()) {
      assertThat(database.status().refusedWrites()).isEqualTo(1);
    }
  }

  @Test
  void aWriteThatIsRefusedAgainAfterACrashIsSetAsideOnce() throws Exception {
    tables.refuse(change -> change instanceof Change.Put put && put.row().text("id").equals("bad"));
    JournaledDatabase killed = open();
    killed.write(put("bad", 1));
    killed.write(put("a", 1));
    assertThat(killed.read(Table.SILENCES, Map.of())).containsExactly(silence("a", 1));
    disk = disk.kill();
    MemoryLogFiles.closeDead(killed::close);
    clock.advance(SHORT);
    try (JournaledDatabase database = open()) {
      database.write(put("bad", 1)); // another one, at another time
      database.write(put("b", 1));
      assertThat(database.read(Table.SILENCES, Map.of())).hasSize(2);
      assertThat(database.status().refusedWrites()).isEqualTo(2);
    }
    assertThat(Files.readAllLines(folder.resolve("journal/refused.jsonl"))).hasSize(2);
  }

  @Test
  void aLineThatACrashToreIsNotGoneOnWith() throws Exception {
    Path refused = Files.createDirectories(folder.resolve("journal")).resolve("refused.jsonl");
    byte[] torn = "{\"reason\":\"ü".getBytes(StandardCharsets.UTF_8);
    Files.write(refused, Arrays.copyOf(torn, torn.length - 1)); // in the middle of the ü
    tables.refuse(change -> true);
    try (JournaledDatabase database = open()) {
      database.write(put("bad", 1));
      database.read(Table.SILENCES, Map.of());
      assertThat(database.status().refusedWrites()).isEqualTo(1);
    }
    List<String> lines = Files.readAllLines(refused, StandardCharsets.ISO_8859_1);
    assertThat(lines).hasSize(2);
    assertThat(lines.getLast()).startsWith("{\"written_at\":").endsWith("\"}");
    try (JournaledDatabase database = open()) {
      assertThat(database.status().refusedWrites()).isEqualTo(1);
    }
  }

  @Test
  void aFileOfTheJournalThatHasNoRecordYetIsBehindWhatTheTablesHold() throws Exception {
    tables.setAway(true);
    for (String id : List.of("a", "b")) {
      try (JournaledDatabase database = open()) {
        database.write(put(id, 1));
      }
    }
    disk.delete("00000001.wal"); // as where its writes are in the tables
    disk.setContent("00000002.wal", Arrays.copyOf(disk.contentOf("00000002.wal"), 32));
    tables.setAway(false);
    try (JournaledDatabase database = open()) {
      assertThat(database.read(Table.SILENCES, Map.of())).isEmpty();
      database.write(put("c", 1));
      assertThat(database.read(Table.SILENCES, Map.of())).containsExactly(silence("c", 1));
    }
    assertThat(damages).isEmpty();
  }

  @Test
  void aSnapshotWaitsAsLongAsWritesGoOnGettingIntoTheTables() throws Exception {
    Duration patience = Duration.ofSeconds(2);
    tables.refuse(change -> {
      try {
        new CountDownLatch(1).await(700, TimeUnit.MILLISECONDS); // slow tables
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return false;
    });
    String long3Mb = "x".repeat(3 << 20); // each is a transaction of its own
    Files.createDirectories(folder.resolve("journal"));
    try (JournaledDatabase database =
        new JournaledDatabase(options(patience, Map.of()), disk, tables, clock, damages::add)) {
      for (int i = 0; i < 6; i++) {
        Row row = Row.builder().text("id", "s" + i).text("comment", long3Mb).build();
        database.write(List.of(new Change.Put(Table.SILENCES, row)));
      }
      assertThatThrownBy(() -> database.read(Table.SILENCES, Map.of()))
          .isInstanceOf(DatabaseUnavailableException.class)
          .hasMessageStartingWith("the database sqlite is too slow: ");
      for (int i = 6; i < 12; i++) {
        Row row = Row.builder().text("id", "s" + i).text("comment", long3Mb).build();
        database.write(List.of(new Change.Put(Table.SILENCES, row)));
      }
      assertThat(database.count(List.of(Table.SILENCES))).containsEntry(Table.SILENCES, 12L);
    }
  }

  static Stream<Error> errors() {
    return Stream.of(new LinkageError("for now"), new UnspeakableError());
  }

  @ParameterizedTest(name = "{index}")
  @MethodSource("errors")
  void anErrorOfTheTablesIsNotTheirEnd(Error error) throws Exception {
    AtomicBoolean faulty = new AtomicBoolean(true);
    tables.refuse(change -> {
      if (faulty.compareAndSet(true, false)) {
        throw error;
      }
      return false;
    });
    try (JournaledDatabase database = open()) {
      database.write(put("a", 1));
      await().atMost(PATIENCE).until(() -> !tables.rows(Table.SILENCES).isEmpty());
      assertThat(faulty).isFalse();
      await().atMost(PATIENCE).until(() -> database.status().isAvailable());
    }
  }

  @Test
  void aWriteThatTheDiskRefusesThrowsAndArrivesWhenTheDiskIsWellAgain() throws Exception {
    try (JournaledDatabase database = open()) {
      database.write(put("a", 1));
      disk.failForces(3);
      assertThatThrownBy(() -> database.write(put("b", 1)))
          .isInstanceOf(IOException.class)
          .hasMessage("the journal cannot be written: Input/output error");
      await().atMost(PATIENCE).until(() -> tables.rows(Table.SILENCES).size() == 2);
      database.write(put("c", 1));
      assertThat(database.read(Table.SILENCES, Map.of())).hasSize(3);
      assertThat(database.status().problem()).isNull();
    }
  }

  @Test
  void whileTheDiskFailsNoMoreWaitsThanThereIsRoomFor() throws Exception {
    String long20Mb = "x".repeat(20 << 20);
    try (JournaledDatabase database = open()) {
      database.write(put("a", 1));
      disk.failForces(Integer.MAX_VALUE);
      for (int i = 0; i < 3; i++) {
        Row row = Row.builder().text("id", "kept" + i).text("comment", long20Mb).build();
        assertThatThrownBy(() -> database.write(List.of(new Change.Put(Table.SILENCES, row))))
            .isExactlyInstanceOf(IOException.class);
      }
      Row row = Row.builder().text("id", "not taken").text("comment", long20Mb).build();
      assertThatThrownBy(() -> database.write(List.of(new Change.Put(Table.SILENCES, row))))
          .isInstanceOf(NotTakenException.class)
          .hasMessageMatching(
              "the journal cannot be written, and 629\\d{5} bytes wait for it in memory:"
                  + " Input/output error");
      assertThatThrownBy(() -> database.write(put("small", 1)))
          .as("for which there is room yet")
          .isExactlyInstanceOf(IOException.class);
      disk.failForces(0);
      await().atMost(PATIENCE).until(() -> tables.rows(Table.SILENCES).size() == 5);
      database.write(List.of(new Change.Put(Table.SILENCES, row)));
      assertThat(database.read(Table.SILENCES, Map.of())).hasSize(6);
    }
  }

  @Test
  void aTornTailIsCutAndDamageIsReportedWithFileAndOffset() throws Exception {
    tables.setAway(true);
    try (JournaledDatabase database = open()) {
      for (int i = 0; i < 3; i++) {
        database.write(put("s" + i, 1));
      }
    }
    byte[] sound = disk.contentOf("00000001.wal");
    int recordBytes = (sound.length - 32) / 3;
    byte[] torn = Arrays.copyOf(sound, sound.length - 5);
    torn[32 + 30] ^= 1;
    disk.setContent("00000001.wal", torn);
    tables.setAway(false);
    try (JournaledDatabase database = open()) {
      assertThat(database.read(Table.SILENCES, Map.of())).containsExactly(silence("s1", 1));
    }
    assertThat(damages)
        .containsExactly(
            "memory/00000001.wal: damaged at offset 32: skipped "
                + recordBytes
                + " bytes that no checksum vouches for",
            "memory/00000001.wal: records 1 to 1 are missing before this point: what they held is"
                + " lost",
            "memory/00000001.wal: the last write was not finished: cut "
                + (recordBytes - 5)
                + " bytes at offset "
                + (32 + 2 * recordBytes)
                + " (kept as memory/00000001.torn)");
  }

  @Test
  void rowsExpireWhenTheClockSaysSo() throws Exception {
    try (JournaledDatabase database = open(Map.of("alerts", Duration.ofDays(180)))) {
      long start = clock.millis();
      long days180 = Duration.ofDays(180).toMillis();
      await()
          .atMost(PATIENCE)
          .until(() -> tables.expired().equals(Map.of(Table.ALERTS, start - days180)));
      clock.advance(Duration.ofHours(1));
      long later = clock.millis();
      await()
          .atMost(PATIENCE)
          .until(() -> tables.expired().equals(Map.of(Table.ALERTS, later - days180)));
      assertThat(database.status().problem()).isNull();
    }
  }

  @Test
  void randomOutagesKillsAndPowerCutsLoseNothingThatWasWritten() throws Exception {
    long seed = System.nanoTime();
    System.out.println("JournaledDatabaseTest seed " + seed);
    Random random = new Random(seed);
    MemoryDatabase model = new MemoryDatabase();
    JournaledDatabase database = open();
    for (int step = 0; step < 300; step++) {
      boolean ended = false;
      switch (random.nextInt(12)) {
        case 0 -> tables.setAway(true);
        case 1 -> tables.setAway(false);
        case 2 -> {
          database.close();
          ended = true;
        }
        case 3, 4 -> {
          JournaledDatabase killed = database;
          MemoryTables before = tables;
          before.setAway(true); // what is killed changes nothing any more
          await()
              .atMost(PATIENCE)
              .until(() -> killed.status().state() == DatabaseStatus.State.AWAY);
          disk = random.nextBoolean() ? disk.kill() : disk.cutPower(random);
          tables = before.restored();
          MemoryLogFiles.closeDead(killed::close);
          ended = true;
        }
        default -> {
          List<Change> changes = put("s" + random.nextInt(5), step);
          database.write(changes);
          model.write(changes);
        }
      }
      if (ended) {
        database = open();
      }
    }
    tables.setAway(false);
    JournaledDatabase last = database;
    await().atMost(PATIENCE).until(() -> last.status().isAvailable());
    assertThat(last.read(Table.SILENCES, Map.of()))
        .as("seed %d", seed)
        .isEqualTo(model.rows(Table.SILENCES));
    last.close();
  }
}
