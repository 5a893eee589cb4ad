package dnd.metrics.server.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a ttl removes from real tables of both kinds. */
class ExpirationTest {
  private static final long NOW = 1_795_700_000_000L;
  private static final long DAY = Duration.ofDays(1).toMillis();

  @TempDir private Path folder;

  @Test
  void onlyWhatIsOverIsRemovedFromSqlite() throws Exception {
    check(new DatabaseAddress.DataFolder());
  }

  @Test
  void onlyWhatIsOverIsRemovedFromPostgres() throws Exception {
    try (TestPostgres postgres = TestPostgres.start()) {
      check(postgres.address("postgres"));
    }
  }

  private void check(DatabaseAddress address) throws Exception {
    Map<String, Duration> ttl =
        Table.ALL.stream()
            .filter(table -> !table.equals(Table.METADATA))
            .collect(Collectors.toMap(Table::name, table -> Duration.ofDays(180)));
    try (SqlTables tables = SqlTables.at(DatabaseOptions.of(folder, address, "metrics_db", ttl))) {
      tables.open();
      tables.apply(
          List.of(
              alert("old", "resolved", NOW - 181 * DAY),
              alert("younger", "resolved", NOW - 179 * DAY),
              alert("active", "firing", NOW - 1000 * DAY),
              announcement("old"),
              announcement("younger"),
              announcement("gone"),
              put(Table.METADATA, Row.builder().text("metric", "m").timeMillis("updated_at", 0L)),
              put(
                  Table.DASHBOARDS,
                  Row.builder()
                      .text("project", "p")
                      .text("name", "deleted")
                      .bool("deleted", true)
                      .timeMillis("updated_at", 0L)),
              put(
                  Table.DASHBOARDS,
                  Row.builder()
                      .text("project", "p")
                      .text("name", "kept")
                      .bool("deleted", false)
                      .timeMillis("updated_at", 0L)),
              put(
                  Table.DASHBOARDS,
                  Row.builder()
                      .text("project", "default")
                      .text("name", "senders")
                      .bool("deleted", true)
                      .timeMillis("updated_at", 0L)),
              put(Table.SILENCES, Row.builder().text("id", "endless"))));
      Expiration expiration = new Expiration(ttl);
      expiration.runIfDue(tables, NOW - 2 * DAY);
      assertThat(keys(tables, Table.ALERTS)).containsExactly("active", "old", "younger");
      expiration.runIfDue(tables, NOW - 2 * DAY + 59_999);
      expiration.runIfDue(tables, NOW);
      assertThat(keys(tables, Table.ALERTS)).containsExactly("active", "younger");
      assertThat(keys(tables, Table.ANNOUNCEMENTS)).containsExactly("younger");
      assertThat(keys(tables, Table.METADATA)).as("ttl: none").containsExactly("m");
      assertThat(keys(tables, Table.SILENCES)).containsExactly("endless");
      assertThat(tables.read(Table.DASHBOARDS, Map.of()))
          .extracting(row -> row.text("name"))
          .as("a built-in one that was deleted is not to come again")
          .containsExactly("senders", "kept");
    }
  }

  private static List<String> keys(SqlTables tables, Table table)
      throws DatabaseUnavailableException {
    return tables.read(table, Map.of()).stream()
        .map(row -> row.text(table.keyColumns().getFirst()))
        .toList();
  }

  private static Change put(Table table, Row.Builder row) {
    return new Change.Put(table, row.build());
  }

  private static Change alert(String id, String status, long timestamp) {
    return put(
        Table.ALERTS,
        Row.builder().text("id", id).text("status", status).timeMillis("timestamp", timestamp));
  }

  private static Change announcement(String alert) {
    return put(
        Table.ANNOUNCEMENTS,
        Row.builder()
            .text("alert_id", alert)
            .text("kind", "resolved")
            .timeMillis("announced_at", NOW - 181 * DAY));
  }
}
