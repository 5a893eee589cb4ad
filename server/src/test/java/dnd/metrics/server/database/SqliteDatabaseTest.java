package dnd.metrics.server.database;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.io.TempDir;

class SqliteDatabaseTest extends DatabaseContractTest {
  @TempDir private Path folder;

  @Override
  Database open() throws Exception {
    return JournaledDatabase.open(
        DatabaseOptions.of(folder, new DatabaseAddress.DataFolder(), "metrics_db", Map.of()),
        InstantSource.system(),
        Assertions::fail);
  }
}
