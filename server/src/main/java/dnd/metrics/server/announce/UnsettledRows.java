package dnd.metrics.server.announce;

import dnd.metrics.server.database.Change;
import dnd.metrics.server.database.Database;
import dnd.metrics.server.database.NotTakenException;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Rows of a table, with the key {@code id}, that may not be there as their owner has them: a write
 * of them was reported as failed, and the journal may still carry it out; or the owner has changed
 * them and said so. They are written anew before anything else is. For one thread.
 */
final class UnsettledRows {
  private static final int ROWS_PER_WRITE = 100;

  /** Who knows what the rows are to be. */
  @FunctionalInterface
  interface Owner {
    /** For each id one change: the row as it holds, or its removal. */
    List<Change> asTheyHold(Set<String> ids);
  }

  private final Database database;
  private final Owner owner;
  private final Set<String> ids = new LinkedHashSet<>();

  /** The last write; the next is a small one then, since the journal keeps in memory what fails. */
  private boolean failed;

  UnsettledRows(Database database, Owner owner) {
    this.database = database;
    this.owner = owner;
  }

  /** The row of that id is to be written as it holds. */
  void add(String id) {
    ids.add(id);
  }

  /**
   * Writes changes, when all rows are settled.
   *
   * @throws IOException where they are not durable: the rows that they concern are unsettled then
   */
  void write(List<Change> changes) throws IOException {
    settle();
    try {
      database.write(changes);
    } catch (NotTakenException e) {
      throw e; // nothing comes of them
    } catch (IOException | Error e) {
      failed = true;
      changes.forEach(change -> ids.add(id(change)));
      throw e;
    }
  }

  /**
   * Writes all rows that are unsettled as they hold.
   *
   * @throws IOException where that is not durable: it is to be tried again
   */
  void settle() throws IOException {
    while (!ids.isEmpty()) {
      Set<String> next =
          ids.stream().limit(failed ? 1 : ROWS_PER_WRITE).collect(Collectors.toSet());
      failed = true;
      try {
        database.write(owner.asTheyHold(next));
      } catch (IllegalArgumentException e) { // too much for one write
        if (next.size() > 1) {
          continue;
        }
        throw e;
      }
      failed = false;
      ids.removeAll(next);
    }
  }

  private static String id(Change change) {
    return switch (change) {
      case Change.Put(_, var row) -> row.text("id");
      case Change.Remove(_, var key) -> key.text("id");
    };
  }
}
