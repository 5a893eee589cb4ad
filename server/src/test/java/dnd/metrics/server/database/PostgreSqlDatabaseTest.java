package dnd.metrics.server.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgreSqlDatabaseTest extends DatabaseContractTest {
  private static TestPostgres postgres;
  private static int databases;

  @TempDir private Path folder;

  @BeforeAll
  static void start() {
    postgres = TestPostgres.start();
  }

  @AfterAll
  static void stop() throws Exception {
    postgres.close();
  }

  @Override
  Database open() throws Exception {
    String name = "contract" + databases++;
    postgres.create(name);
    return JournaledDatabase.open(
        DatabaseOptions.of(folder, postgres.address(name), "metrics_db", Map.of()),
        InstantSource.system(),
        Assertions::fail);
  }

  @Test
  void aKeyThatIsTooLongForAnIndexIsSetAsideAndNotInTheWayOfOthers() throws Exception {
    database().write(List.of(put("silences", text(3000))));
    database().write(List.of(put("silences", "next")));
    assertThat(database().read(Table.SILENCES, Map.of()))
        .extracting(row -> row.text("id"))
        .containsExactly("next");
    assertThat(database().status().refusedWrites()).isEqualTo(1);
    assertThat(folder.resolve("journal/refused.jsonl")).content().contains("index row");
  }

  @Test
  void theLongestNamesThatAreTakenAreNotTooLong() throws Exception {
    database().write(List.of(put("metadata", text(800)))); // limits.name_length
    database().write(List.of(put("alert_rules", text(256) + '/' + text(256) + "/10000")));
    assertThat(database().read(Table.METADATA, Map.of())).hasSize(1);
    assertThat(database().read(Table.ALERT_RULES, Map.of())).hasSize(1);
  }

  /** Characters of three bytes, which cannot be made shorter. */
  private static String text(int length) {
    StringBuilder text = new StringBuilder();
    new Random(1).ints(length, 0x4e00, 0x9fff).forEach(text::appendCodePoint);
    return text.toString();
  }

  private static Change put(String table, String key) {
    Table named = Table.named(table).orElseThrow();
    return new Change.Put(named, Row.builder().text(named.keyColumns().getFirst(), key).build());
  }
}
