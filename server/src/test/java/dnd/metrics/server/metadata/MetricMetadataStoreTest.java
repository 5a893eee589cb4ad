package dnd.metrics.server.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dnd.metrics.server.database.Change;
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
import org.junit.jupiter.api.Test;

class MetricMetadataStoreTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  /** Throws a few times at first what it is told to; never takes a metric called {@code bad}. */
  private static final class FaultyDatabase extends MemoryDatabase {
    private final Error fault;
    private int readFaults;
    private int writeFaults;

    FaultyDatabase(Error fault, int reads, int writes) {
      this.fault = fault;
      this.readFaults = reads;
      this.writeFaults = writes;
    }

    @Override
    public synchronized List<Row> read(Table table, Map<String, ?> filter)
        throws DatabaseUnavailableException {
      if (readFaults-- > 0) {
        throw fault;
      }
      return super.read(table, filter);
    }

    @Override
    public synchronized void write(List<Change> changes) throws IOException {
      if (writeFaults-- > 0) {
        throw fault;
      }
      for (Change change : changes) {
        if (change instanceof Change.Put put && put.row().text("metric").equals("bad")) {
          throw new IllegalArgumentException("no room for bad");
        }
      }
      super.write(changes);
    }
  }

  @Test
  void noFaultEndsIt() {
    Map<String, MetricMetadata> head = new TreeMap<>();
    for (String name : List.of("ale", "bad", "mead")) {
      head.put(name, new MetricMetadata("counter", "Mugs.", ""));
    }
    FaultyDatabase database = new FaultyDatabase(new OutOfMemoryError("for now"), 1, 2);
    try (MetricMetadataStore store =
        new MetricMetadataStore(() -> head, database, InstantSource.system())) {
      store.start();
      await()
          .atMost(PATIENCE)
          .untilAsserted(() ->
              assertThat(database.rows(Table.METADATA))
                  .extracting(row -> row.text("metric"))
                  .containsExactly("ale", "mead"));
      await().atMost(PATIENCE).until(() -> store.faults() >= 4);
      assertThat(store.faults()).as("one read, two writes, and bad at least").isBetween(4L, 5L);
    }
  }

  @Test
  void aDiskThatTakesNothingIsTriedWithOneRow() {
    Map<String, MetricMetadata> head = new TreeMap<>();
    for (int i = 0; i < 500; i++) {
      head.put("mugs_" + i, new MetricMetadata("counter", "Mugs.", ""));
    }
    MemoryDatabase database = new MemoryDatabase();
    database.breakDisk(true);
    try (MetricMetadataStore store =
        new MetricMetadataStore(() -> head, database, InstantSource.system())) {
      store.start();
      await().atMost(PATIENCE).until(() -> database.writes().size() >= 3);
      assertThat(database.writes().subList(0, 3)).containsExactly(500, 1, 1);
      database.breakDisk(false);
      await().atMost(PATIENCE).until(() -> database.rows(Table.METADATA).size() == head.size());
    }
  }
}
