package dnd.metrics.server.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A PostgreSQL that is really stopped and started under the journal. */
class DatabaseOutageTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  @TempDir private Path folder;
  private TestPostgres postgres;

  @BeforeEach
  void start() {
    postgres = TestPostgres.start();
  }

  @AfterEach
  void stop() throws Exception {
    postgres.close();
  }

  private JournaledDatabase open() throws IOException {
    DatabaseOptions options =
        new DatabaseOptions(
            folder,
            postgres.address("postgres"),
            "metrics_db",
            Map.of(),
            Duration.ofSeconds(20),
            Duration.ofMillis(50),
            Duration.ofMillis(10),
            Duration.ofMillis(100));
    return JournaledDatabase.open(options, InstantSource.system(), Assertions::fail);
  }

  @Test
  void nothingIsLostAndOrderIsKeptWhenTheServerGoesAndComesBack() throws Exception {
    try (JournaledDatabase database = open()) {
      write(database, 0, 50);
      assertThat(database.read(Table.SILENCES, Map.of())).hasSize(51);
      assertThat(database.status().kind()).startsWith("PostgreSQL 1");
      postgres.stop();
      write(database, 50, 60);
      await().atMost(PATIENCE).until(() -> database.status().state() == DatabaseStatus.State.AWAY);
      write(database, 60, 100);
      DatabaseStatus away = database.status();
      assertThat(away.waitingWrites()).isBetween(40L, 50L);
      assertThat(away.oldestWaitingMillis()).isPresent();
      assertThat(away.problem()).isNotBlank();
      assertThat(away.toString()).doesNotContain("secret");
      assertThatThrownBy(() -> database.read(Table.SILENCES, Map.of()))
          .isInstanceOf(DatabaseUnavailableException.class)
          .hasMessageContaining("postgresql://postgres:***@127.0.0.1:")
          .hasMessageNotContaining("secret");
      postgres.resume();
      await().atMost(PATIENCE).until(() -> database.status().isAvailable());
      assertThat(database.read(Table.SILENCES, Map.of())).hasSize(101);
      assertThat(last(database)).isEqualTo("n99");
      assertThat(database.status().waitingWrites()).isZero();
    }
  }

  @Test
  void aDatabaseThatIsNotThereAtTheStartIsWaitedForInTheBackground() throws Exception {
    postgres.stop();
    try (JournaledDatabase database = open()) {
      write(database, 0, 10);
      await().atMost(PATIENCE).until(() -> database.status().state() == DatabaseStatus.State.AWAY);
      postgres.resume();
      await().atMost(PATIENCE).until(() -> database.status().isAvailable());
      assertThat(last(database)).isEqualTo("n9");
    }
  }

  @Test
  void nothingWrittenIsLostWhenTheProcessIsKilledDuringTheOutage() throws Exception {
    long seed = System.nanoTime();
    System.out.println("DatabaseOutageTest seed " + seed);
    Random random = new Random(seed);
    int acknowledged = runAndKill(0, 20 + random.nextInt(100)); // while the server is there
    postgres.stop();
    acknowledged = runAndKill(acknowledged + 1, 20 + random.nextInt(300));
    acknowledged = runAndKill(acknowledged + 1, 20 + random.nextInt(300));
    postgres.resume();
    try (JournaledDatabase database = open()) {
      await().atMost(PATIENCE).until(() -> database.status().isAvailable());
      List<Row> rows = database.read(Table.SILENCES, Map.of());
      for (int number = 0; number <= acknowledged; number++) {
        assertThat(database.read(Table.SILENCES, Map.of("id", "n" + number)))
            .as("write %d of %d, seed %d", number, acknowledged, seed)
            .hasSize(1);
      }
      int lastNumber = Integer.parseInt(last(database).substring(1));
      assertThat(lastNumber).isBetween(acknowledged, acknowledged + 1);
      assertThat(rows).hasSize(lastNumber + 2);
    }
  }

  private static void write(Database database, int from, int to) throws IOException {
    for (int number = from; number < to; number++) {
      database.write(DatabaseCrashChild.write(number));
    }
  }

  private static String last(Database database) throws DatabaseUnavailableException {
    return database.read(Table.SILENCES, Map.of("id", "last")).getFirst().text("comment");
  }

  /** Returns the number of the last write that returned before the child was killed. */
  private int runAndKill(int first, int writes) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.add("-XX:+UseSerialGC");
    command.add("-XX:TieredStopAtLevel=1");
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(DatabaseCrashChild.class.getName());
    command.add(folder.toString());
    command.add(postgres.url("postgres"));
    command.add(Integer.toString(first));
    Process child =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    int last = first - 1;
    try (BufferedReader out =
        new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        if (!line.matches("\\d+")) {
          continue; // the log of a library
        }
        last = Integer.parseInt(line);
        if (last == first + writes) {
          child.toHandle().destroyForcibly(); // which leaves the stream open
        }
      }
    }
    child.waitFor();
    assertThat(last).isGreaterThanOrEqualTo(first + writes);
    return last;
  }
}
