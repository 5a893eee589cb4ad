package dnd.metrics.server.database;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which rows of a table a {@code ttl} removes: those whose {@code timeColumn} is longer ago than
 * it, whose other columns equal {@code onlyWhere} and hold none of the values of {@code never}, and
 * whom no other table refers to.
 */
public record Expiry(
    String timeColumn,
    Map<String, Object> onlyWhere,
    Optional<Values> never,
    Optional<Reference> keptBy) {
  public Expiry {
    onlyWhere = Map.copyOf(onlyWhere);
  }

  /** Texts that a column may hold. */
  public record Values(String column, Set<String> values) {
    public Values {
      values = Set.copyOf(values);
    }
  }

  /** A row stays while its {@code column} holds the {@code keyColumn} of a row of {@code table}. */
  public record Reference(String column, String table, String keyColumn) {}

  static Expiry after(String timeColumn) {
    return after(timeColumn, Map.of());
  }

  static Expiry after(String timeColumn, Map<String, Object> onlyWhere) {
    return new Expiry(timeColumn, onlyWhere, Optional.empty(), Optional.empty());
  }

  Expiry never(String column, Set<String> values) {
    return new Expiry(timeColumn, onlyWhere, Optional.of(new Values(column, values)), keptBy);
  }

  Expiry unlessKeptBy(Reference reference) {
    return new Expiry(timeColumn, onlyWhere, never, Optional.of(reference));
  }
}
