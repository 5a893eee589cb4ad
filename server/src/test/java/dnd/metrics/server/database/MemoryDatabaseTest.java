package dnd.metrics.server.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MemoryDatabaseTest extends DatabaseContractTest {
  @Override
  Database open() {
    return new MemoryDatabase();
  }

  @Test
  void whatIsWrittenWhileItIsAwayAppearsWhenItIsBack() throws Exception {
    MemoryDatabase database = new MemoryDatabase();
    database.goAway();
    database.write(List.of(new Change.Put(Table.SILENCES, Row.builder().text("id", "s").build())));
    assertThat(database.status().waitingWrites()).isEqualTo(1);
    assertThatThrownBy(() -> database.read(Table.SILENCES, Map.of()))
        .isInstanceOf(DatabaseUnavailableException.class);
    database.comeBack();
    assertThat(database.read(Table.SILENCES, Map.of())).hasSize(1);
    assertThat(database.status().waitingWrites()).isZero();
  }

  @Test
  void aBrokenDiskMakesWritesThrow() {
    MemoryDatabase database = new MemoryDatabase();
    database.breakDisk(true);
    assertThatThrownBy(() ->
            database.write(
                List.of(new Change.Put(Table.SILENCES, Row.builder().text("id", "s").build()))))
        .isInstanceOf(IOException.class);
    assertThat(database.rows(Table.SILENCES)).isEmpty();
  }
}
