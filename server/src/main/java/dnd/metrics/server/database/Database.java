package dnd.metrics.server.database;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * The storage service's tables, schema {@code metrics_db}. Safe for use by several threads.
 *
 * <p>A write goes to a journal in the data folder first and is durable from then on; the tables
 * follow in the order of the writes. A database that is away makes reads fail and writes wait in
 * the journal; nothing is lost and nothing changes its place. So whoever owns a state keeps it in
 * memory, reads its table at the start, and writes every change.
 */
public interface Database extends AutoCloseable {
  /**
   * The rows whose columns equal all of {@code filter}, in the order of their keys; with an empty
   * filter all rows. Sees every write that returned before.
   *
   * @param filter column to value: a {@link String}, {@link Long}, {@link Integer} or {@link
   *     Boolean}; columns of type {@link ColumnType#JSON} and {@link ColumnType#REAL} cannot be
   *     asked for
   * @throws IllegalArgumentException where the table has no such column, or it is of another type
   * @throws DatabaseUnavailableException where the tables cannot be read at present
   */
  List<Row> read(Table table, Map<String, ?> filter) throws DatabaseUnavailableException;

  /**
   * Applies the changes as one, in their order, after those of every write that returned before.
   * They are durable when this returns. An empty list has no effect.
   *
   * @throws NotTakenException where the journal cannot be forced to disk and too much waits for it:
   *     nothing is done with the changes
   * @throws IOException where the journal cannot be forced to disk: the changes would not survive a
   *     crash now; they are kept in memory and tried again with those that follow
   */
  void write(List<Change> changes) throws IOException;

  /** How the database does at this moment. Never waits. */
  DatabaseStatus status();

  /** Makes what was written durable, hands as much as possible on to the tables, and lets go. */
  @Override
  void close() throws IOException;
}
