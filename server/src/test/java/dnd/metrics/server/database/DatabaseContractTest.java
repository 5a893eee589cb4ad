package dnd.metrics.server.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link Database} does. A subclass brings one. */
abstract class DatabaseContractTest {
  private Database database;

  /** An empty database. */
  abstract Database open() throws Exception;

  /** The one that was opened for the test. */
  Database database() {
    return database;
  }

  @BeforeEach
  void openDatabase() throws Exception {
    database = open();
  }

  @AfterEach
  void closeDatabase() throws Exception {
    database.close();
  }

  private static Row silence(String id, String comment) {
    return Row.builder().text("id", id).text("comment", comment).build();
  }

  private void put(Table table, Row... rows) throws Exception {
    List<Change> changes = new ArrayList<>();
    for (Row row : rows) {
      changes.add(new Change.Put(table, row));
    }
    database.write(changes);
  }

  private List<String> ids(Map<String, ?> filter) throws Exception {
    return database.read(Table.SILENCES, filter).stream().map(row -> row.text("id")).toList();
  }

  @Test
  void aRowComesBackAsItWasWritten() throws Exception {
    Row row =
        Row.builder()
            .text("id", "a1")
            .text("rule", "Größe \"x\" 'y' \\ 🐉\n\t")
            .text("status", "firing")
            .timeMillis("timestamp", 1_795_700_000_123L)
            .timeMillis("started_at", 253_402_300_799_999L)
            .timeMillis("pending_since", -62_135_596_800_000L)
            .timeMillis("resolved_at", -1L)
            .json("labels", "{\"b\": 1,  \"a\":\"\\u0000\", \"b\": [1e400, null]}")
            .real("value", 0.1)
            .build();
    put(Table.ALERTS, row);
    assertThat(database.read(Table.ALERTS, Map.of())).containsExactly(row);
    assertThat(database.read(Table.ALERTS, Map.of()).getFirst().has("severity")).isFalse();
    assertThat(database.read(Table.ALERTS, Map.of("timestamp", 1_795_700_000_123L))).hasSize(1);
  }

  @Test
  void everyColumnOfEveryTableComesBack() throws Exception {
    for (Table table : Table.ALL) {
      Row.Builder builder = Row.builder();
      for (Column column : table.columns()) {
        switch (column.type()) {
          case TEXT -> builder.text(column.name(), "text of " + column.name());
          case INTEGER -> builder.integer(column.name(), Long.MIN_VALUE);
          case REAL -> builder.real(column.name(), -0.5);
          case BOOLEAN -> builder.bool(column.name(), true);
          case JSON -> builder.json(column.name(), "{\"of\" : \"" + column.name() + "\"}");
          case TIME -> builder.timeMillis(column.name(), 1_795_700_000_123L);
        }
      }
      Row row = builder.build();
      put(table, row);
      assertThat(database.read(table, Map.of())).as("%s", table).containsExactly(row);
    }
  }

  @Test
  void everyDoubleComesBack() throws Exception {
    Double[] values = {
      0.0,
      1.0,
      -1.5,
      1e300,
      Double.MIN_VALUE,
      Math.PI,
      Double.MAX_VALUE,
      Double.NaN,
      Double.POSITIVE_INFINITY,
      Double.NEGATIVE_INFINITY,
      9_007_199_254_740_992.0,
      123456789.123
    };
    for (Double value : values) {
      put(Table.ALERTS, Row.builder().text("id", "v").real("value", value).build());
      assertThat(database.read(Table.ALERTS, Map.of()).getFirst().real("value")).isEqualTo(value);
    }
  }

  @Test
  void aPutReplacesTheWholeRowOfItsKey() throws Exception {
    put(Table.SILENCES, Row.builder().text("id", "s").text("created_by", "Mira").build());
    put(Table.SILENCES, silence("s", "again"));
    assertThat(database.read(Table.SILENCES, Map.of())).containsExactly(silence("s", "again"));
  }

  @Test
  void aRowMayConsistOfItsKeyAlone() throws Exception {
    Row key = Row.builder().text("alert_id", "a").text("kind", "triggered").build();
    put(Table.ANNOUNCEMENTS, key);
    put(Table.ANNOUNCEMENTS, key);
    assertThat(database.read(Table.ANNOUNCEMENTS, Map.of())).containsExactly(key);
  }

  @Test
  void rowsComeInTheOrderOfTheirKeys() throws Exception {
    List<String> names = List.of("", "A", "B", "a", "b", "ba", "ä", "\uff5a", "🐉");
    for (String name : names.reversed()) {
      put(Table.SILENCES, silence(name, "x"));
    }
    assertThat(ids(Map.of())).isEqualTo(names);
    for (int version : new int[] {10, 9, 1}) {
      put(
          Table.DASHBOARD_HISTORY,
          Row.builder().text("project", "p").text("name", "n").integer("version", version).build());
    }
    assertThat(database.read(Table.DASHBOARD_HISTORY, Map.of()))
        .extracting(row -> row.integer("version"))
        .containsExactly(1L, 9L, 10L);
  }

  @Test
  void aFilterTakesRowsThatEqualAllOfIt() throws Exception {
    put(
        Table.ALERT_RULES,
        Row.builder().text("id", "1").bool("active", true).integer("position", 1).build(),
        Row.builder().text("id", "2").bool("active", false).integer("position", 1).build(),
        Row.builder().text("id", "3").bool("active", true).integer("position", 2).build(),
        Row.builder().text("id", "4").build());
    assertThat(database.read(Table.ALERT_RULES, Map.of("active", true)))
        .extracting(row -> row.text("id"))
        .containsExactly("1", "3");
    assertThat(database.read(Table.ALERT_RULES, Map.of("active", true, "position", 1)))
        .extracting(row -> row.text("id"))
        .containsExactly("1");
    assertThat(database.read(Table.ALERT_RULES, Map.of("position", 3L))).isEmpty();
  }

  @Test
  void changesAreMadeInTheirOrder() throws Exception {
    Row key = Row.builder().text("id", "s").build();
    database.write(
        List.of(
            new Change.Put(Table.SILENCES, silence("s", "one")),
            new Change.Remove(Table.SILENCES, key),
            new Change.Put(Table.SILENCES, silence("s", "two"))));
    assertThat(database.read(Table.SILENCES, Map.of())).containsExactly(silence("s", "two"));
    database.write(List.of(new Change.Remove(Table.SILENCES, key)));
    database.write(List.of(new Change.Remove(Table.SILENCES, key)));
    assertThat(database.read(Table.SILENCES, Map.of())).isEmpty();
  }

  @Test
  void whatNoDatabaseCanHoldIsReplacedAndFoundAgain() throws Exception {
    put(Table.SILENCES, silence("a\0b", "\ud800 alone, \ud83d\udc09 whole"));
    assertThat(ids(Map.of("id", "a\0b"))).containsExactly("a\ufffdb");
    assertThat(database.read(Table.SILENCES, Map.of()).getFirst().text("comment"))
        .isEqualTo("\ufffd alone, 🐉 whole");
  }

  @Test
  void whatIsNoRowOfTheTableIsRefused() {
    Row row = silence("s", "x");
    assertThatThrownBy(() -> new Change.Put(Table.METADATA, row))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("table metadata has no column id");
    assertThatThrownBy(
            () -> new Change.Put(Table.SILENCES, Row.builder().text("comment", "x").build()))
        .hasMessage("a row of silences needs a value for id");
    assertThatThrownBy(
            () -> new Change.Put(Table.SILENCES, row.with().integer("comment", 3).build()))
        .hasMessage("column comment of silences holds TEXT, not Long");
    assertThatThrownBy(
            () -> new Change.Put(Table.SILENCES, row.with().json("matchers", "[1").build()))
        .hasMessageStartingWith("column matchers holds no JSON document: ");
    assertThatThrownBy(
            () -> new Change.Put(Table.SILENCES, row.with().json("matchers", "1 2").build()))
        .hasMessage("column matchers holds more than one document");
    assertThatThrownBy(() ->
            new Change.Put(
                Table.SILENCES, row.with().timeMillis("ends_at", Long.MAX_VALUE).build()))
        .hasMessageStartingWith("column ends_at holds a time between the years 1 and 9999");
    assertThatThrownBy(() -> new Change.Remove(Table.SILENCES, row))
        .hasMessage("the key of silences is [id], not [id, comment]");
    assertThatThrownBy(() -> database.read(Table.SILENCES, Map.of("matchers", "[]")))
        .hasMessage("column matchers is JSON: no filter for it");
    assertThatThrownBy(() -> database.read(Table.SILENCES, Map.of("name", "x")))
        .hasMessage("table silences has no column name");
  }

  @Test
  void randomChangesLeaveWhatTheyLeaveInMemory() throws Exception {
    long seed = System.nanoTime();
    System.out.println(getClass().getSimpleName() + " seed " + seed);
    Random random = new Random(seed);
    try (MemoryDatabase model = new MemoryDatabase()) {
      for (int i = 0; i < 200; i++) {
        List<Change> changes = new ArrayList<>();
        for (int n = random.nextInt(5); n >= 0; n--) {
          changes.add(randomChange(random));
        }
        database.write(changes);
        model.write(changes);
        if (random.nextInt(10) == 0) {
          Map<String, String> filter =
              random.nextBoolean() ? Map.of() : Map.of("project", "p" + random.nextInt(3));
          assertThat(database.read(Table.DASHBOARDS, filter))
              .as("seed %d, step %d", seed, i)
              .isEqualTo(model.read(Table.DASHBOARDS, filter));
        }
      }
      assertThat(database.read(Table.DASHBOARDS, Map.of()))
          .as("seed %d", seed)
          .isEqualTo(model.rows(Table.DASHBOARDS));
    }
  }

  private static Change randomChange(Random random) {
    Row key =
        Row.builder()
            .text("project", "p" + random.nextInt(3))
            .text("name", "n" + random.nextInt(5))
            .build();
    if (random.nextInt(4) == 0) {
      return new Change.Remove(Table.DASHBOARDS, key);
    }
    Row.Builder row = key.with();
    if (random.nextBoolean()) {
      row.integer("version", random.nextLong());
    }
    if (random.nextBoolean()) {
      row.json("body", "{\"at\": [" + random.nextDouble() + "]}");
    }
    if (random.nextBoolean()) {
      row.bool("deleted", random.nextBoolean());
    }
    return new Change.Put(Table.DASHBOARDS, row.build());
  }

  @Test
  void theStatusOfOneThatIsThere() throws Exception {
    put(Table.SILENCES, silence("s", "x"));
    database.read(Table.SILENCES, Map.of());
    DatabaseStatus status = database.status();
    assertThat(status.state()).isEqualTo(DatabaseStatus.State.AVAILABLE);
    assertThat(status.problem()).isNull();
    assertThat(status.waitingWrites()).isZero();
    assertThat(status.oldestWaitingMillis()).isEmpty();
    assertThat(status.awaySinceMillis()).isEmpty();
    assertThat(status.refusedWrites()).isZero();
  }
}
