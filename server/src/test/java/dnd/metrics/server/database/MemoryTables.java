package dnd.metrics.server.database;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * Tables behind a journal, in memory, which are away, or refuse changes, when told to. Safe for use
 * by several threads.
 */
final class MemoryTables implements TableStore {
  private final MemoryDatabase database;
  private final Map<Table, Long> expired = new ConcurrentHashMap<>();
  private volatile boolean away;
  private volatile Predicate<Change> refuses = change -> false;
  private volatile boolean forced;

  MemoryTables() {
    this(new MemoryDatabase());
  }

  private MemoryTables(MemoryDatabase database) {
    this.database = database;
  }

  /** The same rows, as another process finds them. */
  MemoryTables restored() {
    return new MemoryTables(database);
  }

  void setAway(boolean isAway) {
    away = isAway;
  }

  void refuse(Predicate<Change> what) {
    refuses = what;
  }

  List<Row> rows(Table table) {
    return database.rows(table);
  }

  /** Up to which time each table was last expired. */
  Map<Table, Long> expired() {
    return expired;
  }

  boolean wasForced() {
    return forced;
  }

  private void checkThere() throws DatabaseUnavailableException {
    if (away) {
      throw new DatabaseUnavailableException("told to be away");
    }
  }

  @Override
  public void open() throws DatabaseUnavailableException {
    checkThere();
  }

  @Override
  public String kind() {
    return "memory";
  }

  @Override
  public void apply(List<Change> changes)
      throws DatabaseUnavailableException, RefusedChangeException {
    checkThere();
    if (changes.stream().anyMatch(refuses)) {
      throw new RefusedChangeException("told to refuse it", new IllegalStateException());
    }
    try {
      database.write(changes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public List<Row> read(Table table, Map<String, Object> filter)
      throws DatabaseUnavailableException {
    checkThere();
    return database.read(table, filter);
  }

  @Override
  public Map<Table, List<Row>> snapshot(List<Table> wanted) throws DatabaseUnavailableException {
    Map<Table, List<Row>> found = new LinkedHashMap<>();
    for (Table table : wanted) {
      found.put(table, read(table, Map.of()));
    }
    return found;
  }

  @Override
  public int expire(Table table, long beforeMillis) {
    expired.put(table, beforeMillis);
    return 0;
  }

  @Override
  public void check() throws DatabaseUnavailableException {
    checkThere();
  }

  @Override
  public boolean force() throws DatabaseUnavailableException {
    checkThere();
    forced = true;
    return true;
  }

  @Override
  public void close() {}
}
