package dnd.metrics.server.database;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * A database for tests: tables in memory. It goes away and comes back when told to, and its disk
 * fails when told to. Safe for use by several threads.
 */
public class MemoryDatabase implements Database {
  private final Map<Table, NavigableMap<List<Object>, Row>> tables = new HashMap<>();
  private final Deque<List<Change>> waiting = new ArrayDeque<>();
  private final List<Integer> writes = new ArrayList<>();
  private boolean away;
  private boolean broken;
  private boolean lingering;

  /** Makes reads fail and writes wait. */
  public synchronized void goAway() {
    away = true;
  }

  /** Removes all rows. */
  public synchronized void clear() {
    tables.clear();
  }

  public synchronized boolean isAway() {
    return away;
  }

  /** Applies what waited. */
  public synchronized void comeBack() {
    away = false;
    while (!waiting.isEmpty()) {
      apply(waiting.remove());
    }
  }

  /** Makes writes throw, or not any more. */
  public synchronized void breakDisk(boolean isBroken) {
    broken = isBroken;
    lingering = false;
    if (!broken && !away) {
      comeBack();
    }
  }

  /** Makes writes throw that come true all the same, once the disk is not broken any more. */
  public synchronized void breakDiskForNow() {
    broken = true;
    lingering = true;
  }

  /** How many rows each write had, be it that it failed. */
  public synchronized List<Integer> writes() {
    return List.copyOf(writes);
  }

  /** All rows of a table, also while it is away; without what waits. */
  public synchronized List<Row> rows(Table table) {
    return List.copyOf(table(table).values());
  }

  @Override
  public synchronized List<Row> read(Table table, Map<String, ?> filter)
      throws DatabaseUnavailableException {
    Map<String, Object> sought = table.checkedFilter(filter);
    if (away) {
      throw new DatabaseUnavailableException("the database in memory is away");
    }
    List<Row> found = new ArrayList<>();
    for (Row row : table(table).values()) {
      if (row.values().entrySet().containsAll(sought.entrySet())) {
        found.add(row);
      }
    }
    return found;
  }

  @Override
  public synchronized void write(List<Change> changes) throws IOException {
    writes.add(changes.size());
    if (broken) {
      if (lingering) {
        waiting.add(List.copyOf(changes));
      }
      throw new IOException("the disk in memory is broken");
    }
    if (changes.isEmpty()) {
      return;
    }
    if (away) {
      waiting.add(List.copyOf(changes));
    } else {
      apply(changes);
    }
  }

  private void apply(List<Change> changes) {
    for (Change change : changes) {
      Map<List<Object>, Row> rows = table(change.table());
      switch (change) {
        case Change.Put(Table table, Row row) -> rows.put(table.keyOf(row), row);
        case Change.Remove(Table table, Row key) -> rows.remove(table.keyOf(key));
      }
    }
  }

  private NavigableMap<List<Object>, Row> table(Table table) {
    return tables.computeIfAbsent(table, t -> new TreeMap<>(MemoryDatabase::compareKeys));
  }

  private static int compareKeys(List<Object> one, List<Object> other) {
    for (int i = 0; i < one.size(); i++) {
      int order =
          switch (one.get(i)) {
            case String text -> compareCodePoints(text, (String) other.get(i));
            case Long number -> number.compareTo((Long) other.get(i));
            case Object value -> throw new IllegalStateException("no key: " + value);
          };
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }

  private static int compareCodePoints(String one, String other) {
    return Arrays.compare(one.codePoints().toArray(), other.codePoints().toArray());
  }

  @Override
  public synchronized DatabaseStatus status() {
    return new DatabaseStatus(
        "memory",
        "this process",
        away ? DatabaseStatus.State.AWAY : DatabaseStatus.State.AVAILABLE,
        away ? "told to be away" : null,
        away ? OptionalLong.of(0) : OptionalLong.empty(),
        waiting.size(),
        waiting.isEmpty() ? OptionalLong.empty() : OptionalLong.of(0),
        0,
        0);
  }

  @Override
  public void close() {}
}
