package dnd.metrics.server.database;

/** What a column holds. Every column but those of the key may also hold nothing. */
public enum ColumnType {
  /** Text, ordered by code points: a {@link String}. */
  TEXT(String.class),
  /** A whole number of 64 bits: a {@link Long}. */
  INTEGER(Long.class),
  /** A double, NaN and the infinities included; zero has no sign: a {@link Double}. */
  REAL(Double.class),
  /** A {@link Boolean}. */
  BOOLEAN(Boolean.class),
  /** A JSON document, kept as it was written: a {@link String}. */
  JSON(String.class),
  /** A point in time from year 1 to 9999, in Unix milliseconds: a {@link Long}. */
  TIME(Long.class);

  private final Class<?> valueType;

  ColumnType(Class<?> valueType) {
    this.valueType = valueType;
  }

  /** The class of the column's values in a {@link Row}. */
  Class<?> valueType() {
    return valueType;
  }
}
