package dnd.metrics.server.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.Update;
import org.jspecify.annotations.Nullable;

/** Tables in a database that speaks SQL. */
final class SqlTables implements TableStore {
  private static final Duration CONNECTION_PATIENCE = Duration.ofSeconds(6);

  private final SqlDialect dialect;
  private volatile @Nullable HikariDataSource pool;
  private volatile @Nullable Jdbi jdbi;
  private volatile String kind;

  SqlTables(SqlDialect dialect, String kind) {
    this.dialect = dialect;
    this.kind = kind;
  }

  /** The tables at an address. */
  static SqlTables at(DatabaseOptions options) {
    return switch (options.address()) {
      case DatabaseAddress.DataFolder() ->
          new SqlTables(
              new SqliteDialect(options.folder().resolve("database"), options.schema()), "SQLite");
      case DatabaseAddress.PostgreSql address ->
          new SqlTables(new PostgreSqlDialect(address, options.schema()), "PostgreSQL");
    };
  }

  @Override
  public void open() throws DatabaseUnavailableException {
    try {
      HikariDataSource source = pool == null ? openPool() : pool;
      pool = source;
      Jdbi opened = Jdbi.create(source);
      kind = opened.withHandle(handle -> dialect.kind(handle.getConnection()));
      FluentConfiguration migrations =
          Flyway.configure()
              .dataSource(source)
              .ignoreMigrationPatterns(new String[0]) // of a version newer than this one
              .loggers("slf4j");
      dialect.configure(migrations);
      migrations.load().migrate();
      jdbi = opened;
    } catch (SQLException | IOException | JdbiException | FlywayException e) {
      throw new DatabaseUnavailableException(messageOf(e), e);
    }
  }

  private HikariDataSource openPool() throws IOException {
    HikariConfig config = new HikariConfig();
    config.setPoolName("database");
    config.setInitializationFailTimeout(-1);
    config.setConnectionTimeout(CONNECTION_PATIENCE.toMillis());
    config.setValidationTimeout(CONNECTION_PATIENCE.toMillis() / 2);
    dialect.configure(config);
    return new HikariDataSource(config);
  }

  @Override
  public String kind() {
    return kind;
  }

  @Override
  public void apply(List<Change> changes)
      throws DatabaseUnavailableException, RefusedChangeException {
    try {
      opened().useTransaction(handle -> applyAll(handle, changes));
    } catch (JdbiException e) {
      SQLException cause = sqlCause(e);
      if (cause != null && dialect.isRefusal(cause)) {
        throw new RefusedChangeException(messageOf(e), e);
      }
      throw new DatabaseUnavailableException(messageOf(e), e);
    }
  }

  /** Neighbours that differ only in their values go to the database together. */
  private void applyAll(Handle handle, List<Change> changes) {
    int at = 0;
    while (at < changes.size()) {
      String statement = statement(changes.get(at));
      try (PreparedBatch batch = handle.prepareBatch(statement)) {
        while (at < changes.size() && statement(changes.get(at)).equals(statement)) {
          bind(batch, changes.get(at));
          batch.add();
          at++;
        }
        batch.execute();
      }
    }
  }

  private String statement(Change change) {
    return switch (change) {
      case Change.Put(Table table, Row row) -> putStatement(table);
      case Change.Remove(Table table, Row key) ->
          "DELETE FROM " + dialect.name(table.name()) + " WHERE " + equal(table.keyColumns());
    };
  }

  private String putStatement(Table table) {
    List<String> names = table.columns().stream().map(column -> quoted(column.name())).toList();
    String values =
        table.columns().stream()
            .map(column -> dialect.placeholder(column.type()))
            .collect(Collectors.joining(", "));
    String others =
        names.stream()
            .skip(table.keyColumns().size())
            .map(name -> name + " = excluded." + name)
            .collect(Collectors.joining(", "));
    return "INSERT INTO %s (%s) VALUES (%s) ON CONFLICT (%s) DO UPDATE SET %s"
        .formatted(
            dialect.name(table.name()),
            String.join(", ", names),
            values,
            String.join(", ", names.subList(0, table.keyColumns().size())),
            others);
  }

  private void bind(PreparedBatch batch, Change change) {
    switch (change) {
      case Change.Put(Table table, Row row) -> {
        int position = 0;
        for (Column column : table.columns()) {
          Object value = row.values().get(column.name());
          batch.bind(position++, dialect.argument(column.type(), value));
        }
      }
      case Change.Remove(Table table, Row key) -> {
        int position = 0;
        for (Column column : table.columns().subList(0, table.keyColumns().size())) {
          batch.bind(position++, dialect.argument(column.type(), key.get(column.name())));
        }
      }
    }
  }

  @Override
  public List<Row> read(Table table, Map<String, Object> filter)
      throws DatabaseUnavailableException {
    try {
      return opened().withHandle(handle -> rows(handle, table, filter));
    } catch (JdbiException e) {
      throw new DatabaseUnavailableException(messageOf(e), e);
    }
  }

  @Override
  public Map<Table, List<Row>> snapshot(List<Table> wanted) throws DatabaseUnavailableException {
    try {
      return opened()
          .inTransaction(
              dialect.snapshotLevel(),
              handle -> {
                Map<Table, List<Row>> found = new LinkedHashMap<>();
                for (Table table : wanted) {
                  found.put(table, rows(handle, table, Map.of()));
                }
                return found;
              });
    } catch (JdbiException e) {
      throw new DatabaseUnavailableException(messageOf(e), e);
    }
  }

  private List<Row> rows(Handle handle, Table table, Map<String, Object> filter) {
    try (Query query = handle.createQuery(select(table, filter))) {
      int position = 0;
      for (Map.Entry<String, Object> sought : filter.entrySet()) {
        ColumnType type = table.column(sought.getKey()).orElseThrow().type();
        query.bind(position++, dialect.argument(type, sought.getValue()));
      }
      return query.map((result, context) -> row(table, result)).list();
    }
  }

  private String select(Table table, Map<String, Object> filter) {
    return "SELECT %s FROM %s%s ORDER BY %s"
        .formatted(
            table.columns().stream()
                .map(column -> quoted(column.name()))
                .collect(Collectors.joining(", ")),
            dialect.name(table.name()),
            filter.isEmpty() ? "" : " WHERE " + equal(List.copyOf(filter.keySet())),
            table.keyColumns().stream().map(SqlTables::quoted).collect(Collectors.joining(", ")));
  }

  private Row row(Table table, ResultSet result) throws SQLException {
    Row.Builder row = Row.builder();
    int index = 1;
    for (Column column : table.columns()) {
      row.value(column.name(), dialect.value(result, index++, column.type()));
    }
    return row.build();
  }

  @Override
  public int expire(Table table, long beforeMillis) throws DatabaseUnavailableException {
    Expiry expiry = table.expiry();
    String name = dialect.name(table.name());
    StringBuilder delete =
        new StringBuilder("DELETE FROM " + name + " WHERE " + quoted(expiry.timeColumn()) + " < ?");
    List<String> columns = List.copyOf(expiry.onlyWhere().keySet());
    if (!columns.isEmpty()) {
      delete.append(" AND ").append(equal(columns));
    }
    List<String> never = expiry.never().map(each -> List.copyOf(each.values())).orElse(List.of());
    expiry
        .never()
        .ifPresent(each ->
            delete.append(
                " AND %s NOT IN (%s)"
                    .formatted(
                        quoted(each.column()),
                        String.join(", ", Collections.nCopies(never.size(), "?")))));
    expiry
        .keptBy()
        .ifPresent(reference ->
            delete.append(
                " AND NOT EXISTS (SELECT 1 FROM %s AS other WHERE other.%s = %s.%s)"
                    .formatted(
                        dialect.name(reference.table()),
                        quoted(reference.keyColumn()),
                        name,
                        quoted(reference.column()))));
    try {
      return opened()
          .withHandle(handle -> {
            Update update = handle.createUpdate(delete.toString());
            update.bind(0, dialect.argument(ColumnType.TIME, beforeMillis));
            for (int i = 0; i < columns.size(); i++) {
              ColumnType type = table.column(columns.get(i)).orElseThrow().type();
              Object value = expiry.onlyWhere().get(columns.get(i));
              update.bind(i + 1, dialect.argument(type, value));
            }
            for (int i = 0; i < never.size(); i++) {
              update.bind(columns.size() + i + 1, dialect.argument(ColumnType.TEXT, never.get(i)));
            }
            return update.execute();
          });
    } catch (JdbiException e) {
      throw new DatabaseUnavailableException(messageOf(e), e);
    }
  }

  @Override
  public void check() throws DatabaseUnavailableException {
    read(Table.METADATA, Map.of("metric", ""));
  }

  @Override
  public boolean force() throws DatabaseUnavailableException {
    try {
      return opened().withHandle(handle -> dialect.force(handle.getConnection()));
    } catch (SQLException | JdbiException e) {
      throw new DatabaseUnavailableException(messageOf(e), e);
    }
  }

  @Override
  public void close() {
    HikariDataSource source = pool;
    if (source != null) {
      source.close();
    }
  }

  private Jdbi opened() {
    Jdbi opened = jdbi;
    if (opened == null) {
      throw new IllegalStateException("the tables are not open");
    }
    return opened;
  }

  private static String equal(List<String> columns) {
    List<String> conditions = new ArrayList<>();
    for (String column : columns) {
      conditions.add(quoted(column) + " = ?");
    }
    return String.join(" AND ", conditions);
  }

  private static String quoted(String name) {
    return '"' + name + '"';
  }

  private static @Nullable SQLException sqlCause(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        return sql;
      }
    }
    return null;
  }

  /** The innermost message, which is the database's own; one line. */
  private static String messageOf(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null && cause.getCause().getMessage() != null) {
      cause = cause.getCause();
    }
    String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return message.lines().map(String::strip).collect(Collectors.joining(" "));
  }
}
