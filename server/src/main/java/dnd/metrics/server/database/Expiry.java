package dnd.metrics.server.database;

import java.util.Map;
import java.util.Optional;

/**
 * Which rows of a table a {@code ttl} removes: those whose {@code timeColumn} is longer ago than
 * it, whose other columns equal {@code onlyWhere}, and whom no other table refers to.
 */
public record Expiry(String timeColumn, Map<String, Object> onlyWhere, Optional<Reference> keptBy) {
  public Expiry {
    onlyWhere = Map.copyOf(onlyWhere);
  }

  /** A row stays while its {@code column} holds the {@code keyColumn} of a row of {@code table}. */
  public record Reference(String column, String table, String keyColumn) {}

  static Expiry after(String timeColumn) {
    return new Expiry(timeColumn, Map.of(), Optional.empty());
  }

  static Expiry after(String timeColumn, Map<String, Object> onlyWhere) {
    return new Expiry(timeColumn, onlyWhere, Optional.empty());
  }
}
