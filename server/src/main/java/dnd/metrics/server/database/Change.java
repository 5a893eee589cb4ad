package dnd.metrics.server.database;

/** A change of one row. Doing it again has no further effect. */
public sealed interface Change {
  Table table();

  /** Puts the row in the place of the one with its key, or adds it. */
  record Put(Table table, Row row) implements Change {
    /**
     * @throws IllegalArgumentException where the row is no row of the table
     */
    public Put {
      table.checkRow(row);
    }
  }

  /** Removes the row of that key, if there is one. */
  record Remove(Table table, Row key) implements Change {
    /**
     * @throws IllegalArgumentException where {@code key} has not exactly the table's key columns
     */
    public Remove {
      table.checkKey(key);
    }
  }
}
