package dnd.metrics.server.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dnd.metrics.server.database.Change;
import dnd.metrics.server.database.Database;
import dnd.metrics.server.database.DatabaseStatus;
import dnd.metrics.server.database.DatabaseUnavailableException;
import dnd.metrics.server.database.MemoryDatabase;
import dnd.metrics.server.database.Row;
import dnd.metrics.server.database.Table;
import dnd.metrics.server.head.MetricMetadata;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class MetricMetadataStoreTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  /** Counts the rows of each write. */
  private static final class CountingDatabase implements Database {
    final MemoryDatabase tables = new MemoryDatabase();
    final List<Integer> writes = new CopyOnWriteArrayList<>();

    @Override
    public void write(List<Change> changes) throws IOException {
      writes.add(changes.size());
      tables.write(changes);
    }

    @Override
    public List<Row> read(Table table, Map<String, ?> filter) throws DatabaseUnavailableException {
      return tables.read(table, filter);
    }

    @Override
    public DatabaseStatus status() {
      return tables.status();
    }

    @Override
    public void close() {}
  }

  @Test
  void aDiskThatTakesNothingIsTriedWithOneRow() {
    Map<String, MetricMetadata> head = new TreeMap<>();
    for (int i = 0; i < 500; i++) {
      head.put("mugs_" + i, new MetricMetadata("counter", "Mugs.", ""));
    }
    CountingDatabase database = new CountingDatabase();
    database.tables.breakDisk(true);
    try (MetricMetadataStore store =
        new MetricMetadataStore(() -> head, database, InstantSource.system())) {
      store.start();
      await().atMost(PATIENCE).until(() -> database.writes.size() >= 3);
      assertThat(List.copyOf(database.writes).subList(0, 3)).containsExactly(500, 1, 1);
      database.tables.breakDisk(false);
      await()
          .atMost(PATIENCE)
          .until(() -> database.tables.rows(Table.METADATA).size() == head.size());
    }
  }
}
