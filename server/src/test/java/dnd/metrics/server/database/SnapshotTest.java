package dnd.metrics.server.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.AbstractList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written beside a backup that reads real tables of both kinds. */
class SnapshotTest {
  @TempDir private Path folder;

  @Test
  void whoReadsSqliteKeepsNobodyFromWriting() throws Exception {
    assertThat(forcedBesideASnapshot(new DatabaseAddress.DataFolder()))
        .as("forced while somebody reads what was there before")
        .isFalse();
  }

  @Test
  void whoReadsPostgresKeepsNobodyFromWriting() throws Exception {
    try (TestPostgres postgres = TestPostgres.start()) {
      assertThat(forcedBesideASnapshot(postgres.address("postgres"))).isTrue();
    }
  }

  private boolean forcedBesideASnapshot(DatabaseAddress address) throws Exception {
    DatabaseOptions options = DatabaseOptions.of(folder, address, "metrics_db", Map.of());
    try (SqlTables tables = SqlTables.at(options);
        ExecutorService writer = Executors.newSingleThreadExecutor()) {
      tables.open();
      tables.apply(List.of(silence("before")));
      Wanted wanted =
          new Wanted(() ->
              writer
                  .submit(() -> {
                    tables.apply(List.of(silence("meanwhile")));
                    return tables.force();
                  })
                  .get(8, TimeUnit.SECONDS)); // less than one waits for another who writes
      Map<Table, List<Row>> snapshot = tables.snapshot(wanted);
      assertThat(snapshot.get(Table.SILENCES)).extracting(row -> row.text("id")).hasSize(1);
      assertThat(tables.read(Table.SILENCES, Map.of())).hasSize(2);
      assertThat(tables.force()).isTrue();
      return wanted.answer;
    }
  }

  /** Two tables, between which something is done. */
  private static final class Wanted extends AbstractList<Table> {
    private final Callable<Boolean> between;
    private boolean answer;

    Wanted(Callable<Boolean> between) {
      this.between = between;
    }

    @Override
    public Table get(int index) {
      if (index == 0) {
        return Table.METADATA;
      }
      try {
        answer = between.call();
      } catch (Exception e) {
        throw new AssertionError(e);
      }
      return Table.SILENCES;
    }

    @Override
    public int size() {
      return 2;
    }
  }

  private static Change silence(String id) {
    return new Change.Put(Table.SILENCES, Row.builder().text("id", id).build());
  }
}
