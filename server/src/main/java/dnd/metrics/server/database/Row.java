package dnd.metrics.server.database;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A row of a {@link Table}: column to value. A column that holds nothing is not in it. Immutable.
 *
 * <p>No table can hold the character U+0000 or half of a surrogate pair, since PostgreSQL has
 * neither: a row has U+FFFD in their place, whatever the database.
 */
public final class Row {
  private final Map<String, Object> values;

  private Row(Map<String, Object> values) {
    this.values = values;
  }

  /** Begins a row without values. */
  public static Builder builder() {
    return new Builder();
  }

  /** Takes values and leaves out those that are null. For one thread. */
  public static final class Builder {
    private final Map<String, Object> values = new LinkedHashMap<>();

    private Builder() {}

    public Builder text(String column, @Nullable String value) {
      return put(column, value == null ? null : storable(value));
    }

    /** A JSON document as text. */
    public Builder json(String column, @Nullable String document) {
      return put(column, document == null ? null : storable(document));
    }

    public Builder integer(String column, @Nullable Long value) {
      return put(column, value);
    }

    public Builder integer(String column, int value) {
      return put(column, (long) value);
    }

    public Builder real(String column, @Nullable Double value) {
      return put(column, value == null ? null : value + 0.0); // SQLite has no negative zero
    }

    public Builder bool(String column, @Nullable Boolean value) {
      return put(column, value);
    }

    /** A point in time in Unix milliseconds. */
    public Builder timeMillis(String column, @Nullable Long unixMillis) {
      return put(column, unixMillis);
    }

    /** A value of the class that the column's {@link ColumnType} names, as it is. */
    Builder value(String column, @Nullable Object value) {
      return put(column, value);
    }

    private Builder put(String column, @Nullable Object value) {
      if (value == null) {
        values.remove(column);
      } else {
        values.put(column, value);
      }
      return this;
    }

    public Row build() {
      return new Row(Collections.unmodifiableMap(new LinkedHashMap<>(values)));
    }
  }

  /** A builder that holds this row's values. */
  public Builder with() {
    Builder builder = new Builder();
    builder.values.putAll(values);
    return builder;
  }

  /** Column to {@link String}, {@link Long}, {@link Double} or {@link Boolean}. */
  public Map<String, Object> values() {
    return values;
  }

  public boolean has(String column) {
    return values.containsKey(column);
  }

  /** The text of a TEXT or JSON column that must hold something. */
  public String text(String column) {
    return (String) get(column);
  }

  /** The text of a TEXT or JSON column. */
  public Optional<String> optionalText(String column) {
    return Optional.ofNullable((String) values.get(column));
  }

  /** The number of an INTEGER column that must hold something. */
  public long integer(String column) {
    return (Long) get(column);
  }

  public OptionalLong optionalInteger(String column) {
    Long value = (Long) values.get(column);
    return value == null ? OptionalLong.empty() : OptionalLong.of(value);
  }

  /** The number of a REAL column that must hold something. */
  public double real(String column) {
    return (Double) get(column);
  }

  public OptionalDouble optionalReal(String column) {
    Double value = (Double) values.get(column);
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }

  /** Whether a BOOLEAN column, which must hold something, holds true. */
  public boolean bool(String column) {
    return (Boolean) get(column);
  }

  /** The Unix milliseconds of a TIME column that must hold something. */
  public long timeMillis(String column) {
    return integer(column);
  }

  public OptionalLong optionalTimeMillis(String column) {
    return optionalInteger(column);
  }

  Object get(String column) {
    Object value = values.get(column);
    if (value == null) {
      throw new IllegalStateException("nothing in column " + column + " of " + values);
    }
    return value;
  }

  /** The text as every database can hold it. */
  static String storable(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 0 || Character.isSurrogate(c)) {
        return replaced(text);
      }
    }
    return text;
  }

  private static String replaced(String text) {
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints()
        .forEach(point ->
            out.appendCodePoint(
                point == 0 || (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE)
                    ? 0xFFFD
                    : point));
    return out.toString();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Row row && values.equals(row.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return values.toString();
  }
}
