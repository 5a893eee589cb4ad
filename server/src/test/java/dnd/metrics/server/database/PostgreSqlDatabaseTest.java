package dnd.metrics.server.database;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
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
}
