package dnd.metrics.server.database;

import dnd.metrics.server.wal.DiskLogFiles;
import dnd.metrics.server.wal.LogFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * The {@link Database} of the service: a journal in the data folder, and tables in SQLite or
 * PostgreSQL that one thread brings after it. Why so: docs/decisions/journal.md.
 */
public final class JournaledDatabase implements Database {
  /** How long closing waits for the tables; what is not in them then is in the journal. */
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(2);

  private static final Duration LEAVE_PATIENCE = Duration.ofMillis(500);

  private final DatabaseOptions options;
  private final InstantSource clock;
  private final TableStore tables;
  private final WriteQueue queue = new WriteQueue();
  private final RefusedWrites refused;
  private final Journal journal;
  private final TableFollower follower;

  JournaledDatabase(
      DatabaseOptions options,
      LogFiles files,
      TableStore tables,
      InstantSource clock,
      Consumer<String> damages)
      throws IOException {
    this.options = options;
    this.clock = clock;
    this.tables = tables;
    this.refused = new RefusedWrites(journalFolder(options));
    this.journal = new Journal(files, Journal.OPTIONS, queue, damages);
    this.follower = new TableFollower(options, tables, queue, refused, journal, clock);
    follower.start();
  }

  /**
   * Opens the journal, and begins to open the tables: {@link #read} waits for them, nobody else has
   * to.
   *
   * @param options whose folder this process holds
   * @param damages is told what is wrong with the journal, a line each
   * @throws IOException where the journal cannot be read or written
   */
  public static JournaledDatabase open(
      DatabaseOptions options, InstantSource clock, Consumer<String> damages) throws IOException {
    LogFiles files = new DiskLogFiles(journalFolder(options));
    return new JournaledDatabase(options, files, SqlTables.at(options), clock, damages);
  }

  private static Path journalFolder(DatabaseOptions options) {
    return options.folder().resolve("journal");
  }

  @Override
  public List<Row> read(Table table, Map<String, ?> filter) throws DatabaseUnavailableException {
    Map<String, Object> sought = table.checkedFilter(filter);
    awaitTables(false);
    try {
      return tables.read(table, sought);
    } catch (DatabaseUnavailableException e) {
      follower.checkNow();
      throw e;
    }
  }

  /**
   * All rows of the tables, in key order, as they are at one moment. Sees every write that returned
   * before, for which it waits as long as they go on getting into the tables.
   */
  public Map<Table, List<Row>> snapshot(List<Table> wanted) throws DatabaseUnavailableException {
    awaitTables(true);
    try {
      return tables.snapshot(wanted);
    } catch (DatabaseUnavailableException e) {
      follower.checkNow();
      throw e;
    }
  }

  /** How many rows the tables have, as {@link #snapshot} has them. */
  public Map<Table, Long> count(List<Table> wanted) throws DatabaseUnavailableException {
    Map<Table, Long> counts = new LinkedHashMap<>();
    snapshot(wanted).forEach((table, rows) -> counts.put(table, (long) rows.size()));
    return counts;
  }

  /**
   * Returns when the tables hold all that is durable at this moment.
   *
   * @param whileSomeArrive whether to be as patient again whenever a write has arrived there
   */
  private void awaitTables(boolean whileSomeArrive) throws DatabaseUnavailableException {
    long sequence = queue.durableSequence();
    long done = queue.doneSequence();
    long nanos = options.patience().toNanos();
    while (true) {
      TableFollower.Condition condition = follower.condition();
      switch (condition.state()) {
        case AWAY ->
            throw new DatabaseUnavailableException(
                "the database " + options.address() + " is away: " + condition.problem());
        case AVAILABLE -> {
          long doneNow = queue.doneSequence();
          if (doneNow >= sequence) {
            return;
          }
          if (whileSomeArrive && doneNow > done) {
            done = doneNow;
            nanos = options.patience().toNanos();
          }
        }
        case OPENING -> {}
      }
      if (nanos <= 0) {
        throw new DatabaseUnavailableException(
            "the database %s is too slow: %d writes wait"
                .formatted(options.address(), queue.figures().writes()));
      }
      nanos = queue.awaitChange(nanos);
    }
  }

  @Override
  public void write(List<Change> changes) throws IOException {
    if (!changes.isEmpty()) {
      journal.write(new JournalRecord(clock.millis(), changes));
    }
  }

  @Override
  public DatabaseStatus status() {
    TableFollower.Condition condition = follower.condition();
    WriteQueue.Figures waiting = queue.figures();
    IOException broken = journal.unavailable();
    return new DatabaseStatus(
        tables.kind(),
        options.address().toString(),
        condition.state(),
        broken == null
            ? condition.problem()
            : "the journal cannot be written: " + broken.getMessage(),
        condition.state() == DatabaseStatus.State.AWAY
            ? OptionalLong.of(condition.sinceMillis())
            : OptionalLong.empty(),
        waiting.writes(),
        waiting.oldestMillis(),
        refused.count(),
        waiting.bytes());
  }

  @Override
  public void close() throws IOException {
    try {
      journal.close();
    } finally {
      boolean isEmpty = follower.finish(CLOSE_PATIENCE);
      letGo();
      if (isEmpty) {
        journal.removeAll();
      }
    }
  }

  /** Closes the tables; to take leave of a server that does not answer may take longer. */
  private void letGo() {
    Thread closing = Thread.ofPlatform().name("database-close").daemon().start(tables::close);
    try {
      closing.join(LEAVE_PATIENCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
