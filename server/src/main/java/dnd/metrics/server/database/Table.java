package dnd.metrics.server.database;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A table of the storage service. The migrations of each database, in the package's resources, make
 * the same columns: {@code DatabaseContractTest} fails where one is missing.
 *
 * @param name as users and the configuration name it
 * @param keyColumns the columns, the first of the table's, that tell its rows apart
 * @param columns all columns
 * @param expiry what a {@code ttl} removes
 * @param settings the name under which the configuration has its {@code ttl} and {@code backup}
 */
public record Table(
    String name, List<String> keyColumns, List<Column> columns, Expiry expiry, String settings) {
  private static final long OLDEST_MILLIS = Instant.parse("0001-01-01T00:00:00Z").toEpochMilli();
  private static final long NEWEST_MILLIS =
      Instant.parse("9999-12-31T23:59:59.999Z").toEpochMilli();

  /** Type, help and unit of every metric. */
  public static final Table METADATA =
      new Table(
          "metadata",
          List.of("metric"),
          List.of(
              Column.text("metric"),
              Column.text("type"),
              Column.text("help"),
              Column.text("unit"),
              Column.time("updated_at")),
          Expiry.after("updated_at"),
          "metadata");

  /** One row a rule; {@code id} is made of file, group and position. */
  public static final Table ALERT_RULES =
      new Table(
          "alert_rules",
          List.of("id"),
          List.of(
              Column.text("id"),
              Column.text("name"),
              Column.text("kind"),
              Column.text("severity"),
              Column.bool("active"),
              Column.text("file"),
              Column.text("group_name"),
              Column.integer("position"),
              Column.json("group_definition"),
              Column.json("definition"),
              Column.time("updated_at"),
              Column.text("updated_by")),
          Expiry.after("updated_at", Map.of("active", false)),
          "alert_rules");

  /** One row an episode of an alert: from pending or firing to resolved. */
  public static final Table ALERTS =
      new Table(
          "alerts",
          List.of("id"),
          List.of(
              Column.text("id"),
              Column.text("rule"),
              Column.text("status"),
              Column.text("severity"),
              Column.time("timestamp"),
              Column.time("started_at"),
              Column.time("pending_since"),
              Column.time("resolved_at"),
              Column.time("keep_firing_since"),
              Column.time("ends_at"),
              Column.text("fingerprint"),
              Column.text("group_name"),
              Column.text("file"),
              Column.json("labels"),
              Column.json("annotations"),
              Column.real("value"),
              Column.text("correlation_id"),
              Column.text("source")),
          Expiry.after("timestamp", Map.of("status", "resolved")),
          "alerts");

  /**
   * Which alerts were announced: {@code kind} is triggered or resolved, with the receiver behind it
   * where there are receivers, {@code triggered/team-a}. The plain kind resolved says that nothing
   * is left to announce of an alert.
   */
  public static final Table ANNOUNCEMENTS =
      new Table(
          "announcements",
          List.of("alert_id", "kind"),
          List.of(
              Column.text("alert_id"),
              Column.text("kind"),
              Column.text("event_id"),
              Column.time("announced_at"),
              Column.integer("repeats")),
          Expiry.after("announced_at")
              .unlessKeptBy(new Expiry.Reference("alert_id", "alerts", "id")),
          "alerts");

  public static final Table SILENCES =
      new Table(
          "silences",
          List.of("id"),
          List.of(
              Column.text("id"),
              Column.json("matchers"),
              Column.time("starts_at"),
              Column.time("ends_at"),
              Column.text("created_by"),
              Column.text("comment"),
              Column.text("status"),
              Column.time("updated_at")),
          Expiry.after("ends_at"),
          "silences");

  /**
   * The dashboards as they are; what was deleted stays, marked so, and is not brought back. That
   * one that comes with the service was deleted is kept for ever, or it would come again.
   */
  public static final Table DASHBOARDS =
      new Table(
          "dashboards",
          List.of("project", "name"),
          List.of(
              Column.text("project"),
              Column.text("name"),
              Column.integer("version"),
              Column.json("body"),
              Column.time("updated_at"),
              Column.text("updated_by"),
              Column.bool("deleted")),
          Expiry.after("updated_at", Map.of("deleted", true))
              .never("name", Set.of("service-health", "demo-platform", "senders")),
          "dashboards");

  /** Every version of every dashboard. */
  public static final Table DASHBOARD_HISTORY =
      new Table(
          "dashboard_history",
          List.of("project", "name", "version"),
          List.of(
              Column.text("project"),
              Column.text("name"),
              Column.integer("version"),
              Column.json("body"),
              Column.time("updated_at"),
              Column.text("updated_by"),
              Column.bool("deleted")),
          Expiry.after("updated_at"),
          "dashboards");

  /** Every table that there is. */
  public static final List<Table> ALL =
      List.of(
          METADATA, ALERT_RULES, ALERTS, ANNOUNCEMENTS, SILENCES, DASHBOARDS, DASHBOARD_HISTORY);

  public Table {
    keyColumns = List.copyOf(keyColumns);
    columns = List.copyOf(columns);
    if (keyColumns.isEmpty() || keyColumns.size() > columns.size()) {
      throw new IllegalArgumentException("table " + name + " needs a key of its columns");
    }
    for (int i = 0; i < keyColumns.size(); i++) {
      if (!columns.get(i).name().equals(keyColumns.get(i))) {
        throw new IllegalArgumentException("the key of " + name + " must be its first columns");
      }
    }
  }

  /** The table of that name. */
  public static Optional<Table> named(String name) {
    return ALL.stream().filter(table -> table.name.equals(name)).findFirst();
  }

  /** The column of that name. */
  public Optional<Column> column(String columnName) {
    return Optional.ofNullable(find(columnName));
  }

  private @Nullable Column find(String columnName) {
    for (Column column : columns) {
      if (column.name().equals(columnName)) {
        return column;
      }
    }
    return null;
  }

  /** Throws where the row is no complete row of this table. */
  void checkRow(Row row) {
    checkValues(row);
    for (String key : keyColumns) {
      if (!row.has(key)) {
        throw new IllegalArgumentException("a row of " + name + " needs a value for " + key);
      }
    }
  }

  /** Throws where the row is not exactly a key of this table. */
  void checkKey(Row key) {
    checkRow(key);
    if (key.values().size() != keyColumns.size()) {
      throw new IllegalArgumentException(
          "the key of " + name + " is " + keyColumns + ", not " + key.values().keySet());
    }
  }

  private void checkValues(Row row) {
    row.values()
        .forEach((columnName, value) -> {
          Column column = find(columnName);
          if (column == null) {
            throw new IllegalArgumentException("table " + name + " has no column " + columnName);
          }
          if (!column.type().valueType().isInstance(value)) {
            throw new IllegalArgumentException(
                "column %s of %s holds %s, not %s"
                    .formatted(columnName, name, column.type(), value.getClass().getSimpleName()));
          }
          if (column.type() == ColumnType.TIME && !isTime((Long) value)) {
            throw new IllegalArgumentException(
                "column %s holds a time between the years 1 and 9999, not %d ms"
                    .formatted(columnName, (Long) value));
          }
          if (column.type() == ColumnType.JSON) {
            JsonText.check(columnName, (String) value);
          }
        });
  }

  private static boolean isTime(long unixMillis) {
    return unixMillis >= OLDEST_MILLIS && unixMillis <= NEWEST_MILLIS;
  }

  /** The filter with its values in the columns' types. */
  Map<String, Object> checkedFilter(Map<String, ?> filter) {
    Map<String, Object> checked = new LinkedHashMap<>();
    filter.forEach((columnName, value) -> {
      Object sought = value instanceof Integer i ? (Object) i.longValue() : value;
      Column column = find(columnName);
      if (column == null) {
        throw new IllegalArgumentException("table " + name + " has no column " + columnName);
      }
      if (column.type() == ColumnType.JSON || column.type() == ColumnType.REAL) {
        throw new IllegalArgumentException(
            "column " + columnName + " is " + column.type() + ": no filter for it");
      }
      if (!column.type().valueType().isInstance(sought)) {
        throw new IllegalArgumentException(
            "column %s of %s holds %s, not %s".formatted(columnName, name, column.type(), value));
      }
      checked.put(columnName, sought instanceof String text ? Row.storable(text) : sought);
    });
    return checked;
  }

  /** The values of the row's key, in the order of {@link #keyColumns}. */
  List<Object> keyOf(Row row) {
    List<Object> key = new ArrayList<>(keyColumns.size());
    for (String column : keyColumns) {
      key.add(row.get(column));
    }
    return key;
  }

  @Override
  public String toString() {
    return name;
  }
}
