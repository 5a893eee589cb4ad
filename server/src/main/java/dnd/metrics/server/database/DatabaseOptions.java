package dnd.metrics.server.database;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * How a {@link JournaledDatabase} works.
 *
 * @param folder the data folder: the journal is in {@code journal}, SQLite's files in {@code
 *     database}
 * @param address where the tables are
 * @param schema their schema
 * @param ttl how long the rows of a table are kept, by the table's name; what is not in it, for
 *     ever
 * @param patience how long a read waits for writes before it to arrive in the tables
 * @param checkInterval how often a database that nobody writes to is asked whether it is there
 * @param firstRetry how long after a failure the next attempt is made; then twice that, and so on
 * @param lastRetry the longest time between two attempts
 */
public record DatabaseOptions(
    Path folder,
    DatabaseAddress address,
    String schema,
    Map<String, Duration> ttl,
    Duration patience,
    Duration checkInterval,
    Duration firstRetry,
    Duration lastRetry) {
  public DatabaseOptions {
    ttl = Map.copyOf(ttl);
  }

  /** The usual times. */
  public static DatabaseOptions of(
      Path folder, DatabaseAddress address, String schema, Map<String, Duration> ttl) {
    return new DatabaseOptions(
        folder,
        address,
        schema,
        ttl,
        Duration.ofSeconds(10),
        Duration.ofSeconds(5),
        Duration.ofMillis(100),
        Duration.ofSeconds(10));
  }
}
