package dnd.metrics.server.backup;

import dnd.metrics.server.database.Change;
import dnd.metrics.server.database.DatabaseOptions;
import dnd.metrics.server.database.DatabaseUnavailableException;
import dnd.metrics.server.database.JournaledDatabase;
import dnd.metrics.server.database.Row;
import dnd.metrics.server.database.Table;
import dnd.metrics.server.head.Head;
import dnd.metrics.server.head.HeadOptions;
import dnd.metrics.server.head.HeadStatus;
import dnd.metrics.server.head.ReplayListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Fills an empty data folder, and empty tables of whatever kind, from a {@link Backup}. */
public final class Restore {
  private static final int CHANGES_PER_WRITE = 1000;

  /** More than that is written at once only where one row has it. */
  private static final long CHARS_PER_WRITE = 4 << 20;

  private Restore() {}

  /**
   * Restores.
   *
   * @param options where to; the folder must be empty or not exist, the tables must be empty
   * @return what the head holds now
   * @throws BackupException where the backup is not whole or the place is not empty: nothing was
   *     changed then
   */
  public static HeadStatus run(
      Backup backup, DatabaseOptions options, HeadOptions head, InstantSource clock)
      throws IOException {
    List<String> problems = backup.problems();
    if (!problems.isEmpty()) {
      throw new BackupException("the backup is not whole: " + String.join("; ", problems));
    }
    Path data = options.folder();
    checkEmpty(data);
    List<Table> tables = tables(backup);
    Head.open(data, head, ReplayListener.SILENT).close(); // makes the folder ours
    List<String> damages = new ArrayList<>();
    try (JournaledDatabase database = JournaledDatabase.open(options, clock, damages::add)) {
      checkEmpty(database, options);
      for (Table table : tables) {
        fill(database, backup, table);
      }
      check(database, backup, tables);
    }
    Head.copyLog(backup.folder().resolve("wal"), data.resolve("wal"));
    StoredFiles.restore(backup.folder(), data);
    try (Head restored = Head.open(data, head, new Damages(damages))) {
      if (!damages.isEmpty()) {
        throw new BackupException("restored with damage: " + String.join("; ", damages));
      }
      return restored.status();
    }
  }

  /** Collects what a replay finds. */
  private record Damages(List<String> lines) implements ReplayListener {
    @Override
    public void progress(long bytesDone, long bytesTotal) {}

    @Override
    public void report(String line) {
      lines.add(line);
    }
  }

  private static void checkEmpty(Path data) throws IOException {
    if (Files.exists(data)) {
      try (Stream<Path> files = Files.list(data)) {
        if (files.findAny().isPresent()) {
          throw new BackupException(data + " is not empty: a restore needs a folder of its own");
        }
      }
    }
  }

  private static List<Table> tables(Backup backup) throws BackupException {
    List<Table> tables = new ArrayList<>();
    for (String name : backup.manifest().rows().keySet()) {
      tables.add(
          Table.named(name)
              .orElseThrow(() ->
                  new BackupException(
                      "the backup holds a table " + name + ", which this version has not")));
    }
    return tables;
  }

  private static void checkEmpty(JournaledDatabase database, DatabaseOptions options)
      throws IOException {
    try {
      for (Map.Entry<Table, Long> count : database.count(Table.ALL).entrySet()) {
        if (count.getValue() > 0) {
          throw new BackupException(
              "table %s of %s is not empty: it has %d rows; a restore needs empty tables"
                  .formatted(count.getKey(), options.address(), count.getValue()));
        }
      }
    } catch (DatabaseUnavailableException e) {
      throw new BackupException(e.getMessage() == null ? "" : e.getMessage(), e);
    }
  }

  private static void fill(JournaledDatabase database, Backup backup, Table table)
      throws IOException {
    Filling filling = new Filling(database, table);
    TableFile.read(Backup.file(backup.folder(), table), table, filling::add);
    filling.write();
  }

  /** Writes rows several at a time: what is written at once is in memory, and has a limit. */
  private static final class Filling {
    private final JournaledDatabase database;
    private final Table table;
    private final List<Change> changes = new ArrayList<>();
    private long chars;

    Filling(JournaledDatabase database, Table table) {
      this.database = database;
      this.table = table;
    }

    void add(Row row) throws IOException {
      long more = 0;
      for (Object value : row.values().values()) {
        more += value instanceof String text ? text.length() : Long.BYTES;
      }
      if (changes.size() == CHANGES_PER_WRITE || chars + more > CHARS_PER_WRITE) {
        write();
      }
      changes.add(new Change.Put(table, row));
      chars += more;
    }

    void write() throws IOException {
      database.write(changes);
      changes.clear();
      chars = 0;
    }
  }

  private static void check(JournaledDatabase database, Backup backup, List<Table> tables)
      throws IOException {
    try {
      for (Map.Entry<Table, Long> count : database.count(tables).entrySet()) {
        Long expected = backup.manifest().rows().get(count.getKey().name());
        if (!count.getValue().equals(expected)) {
          throw new BackupException(
              "table %s has %d rows after the restore, the backup has %d"
                  .formatted(count.getKey(), count.getValue(), expected));
        }
      }
    } catch (DatabaseUnavailableException e) {
      throw new BackupException("the tables are not filled: " + e.getMessage(), e);
    }
  }
}
