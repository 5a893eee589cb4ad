package dnd.metrics.server.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dnd.metrics.server.database.MemoryDatabase;
import dnd.metrics.server.database.Table;
import dnd.metrics.server.head.MetricMetadata;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class MetricMetadataStoreTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

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
