package dnd.metrics.server.database;

import java.util.Objects;

/** A column of a {@link Table}. */
public record Column(String name, ColumnType type) {
  public Column {
    Objects.requireNonNull(type, "type");
    if (!name.matches("[a-z][a-z0-9_]*")) {
      throw new IllegalArgumentException("'" + name + "' is no name of a column");
    }
  }

  static Column text(String name) {
    return new Column(name, ColumnType.TEXT);
  }

  static Column integer(String name) {
    return new Column(name, ColumnType.INTEGER);
  }

  static Column real(String name) {
    return new Column(name, ColumnType.REAL);
  }

  static Column bool(String name) {
    return new Column(name, ColumnType.BOOLEAN);
  }

  static Column json(String name) {
    return new Column(name, ColumnType.JSON);
  }

  static Column time(String name) {
    return new Column(name, ColumnType.TIME);
  }
}
