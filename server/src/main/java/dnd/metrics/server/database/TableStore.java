package dnd.metrics.server.database;

import java.util.List;
import java.util.Map;

/**
 * The tables themselves, behind the journal. It exists as an interface so that tests can put
 * failing tables behind the journal; {@link SqlTables} are the real ones. One thread changes,
 * several may read.
 */
interface TableStore extends AutoCloseable {
  /**
   * Connects, and brings the tables to this version's schema. Called again after a failure, until
   * it succeeds; before that nothing else is called.
   */
  void open() throws DatabaseUnavailableException;

  /** What it is, for people. */
  String kind();

  /** Applies all changes in one transaction. */
  void apply(List<Change> changes) throws DatabaseUnavailableException, RefusedChangeException;

  /** The rows that the filter, whose values are in the columns' types, takes; in key order. */
  List<Row> read(Table table, Map<String, Object> filter) throws DatabaseUnavailableException;

  /** All rows of the tables, in key order, as they are at one moment. */
  Map<Table, List<Row>> snapshot(List<Table> wanted) throws DatabaseUnavailableException;

  /**
   * Removes the rows that the table's {@link Expiry} finds older than that.
   *
   * @return how many
   */
  int expire(Table table, long beforeMillis) throws DatabaseUnavailableException;

  /** Returns where the tables can be read and changed. */
  void check() throws DatabaseUnavailableException;

  /**
   * Returns once all that was applied would survive a power cut.
   *
   * @return false where that cannot be had at present, since somebody reads
   */
  boolean force() throws DatabaseUnavailableException;

  @Override
  void close();
}
