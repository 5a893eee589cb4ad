package dnd.metrics.server.database;

import com.zaxxer.hikari.HikariConfig;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.jdbi.v3.core.argument.Argument;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/** A schema of a PostgreSQL database. */
record PostgreSqlDialect(DatabaseAddress.PostgreSql address, String schema) implements SqlDialect {
  private static final int CONNECTIONS = 4;
  private static final int DEFAULT_PORT = 5432;
  private static final int CONNECT_SECONDS = 5;

  /** Longer than any statement takes; what says nothing for so long is not there any more. */
  private static final int SOCKET_SECONDS = 30;

  @Override
  public void configure(HikariConfig pool) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    List<String> names = new ArrayList<>();
    List<Integer> ports = new ArrayList<>();
    for (String host : address.hosts().split(",")) {
      int colon = host.lastIndexOf(':');
      boolean hasPort = colon > host.lastIndexOf(']') && colon >= 0;
      names.add(hasPort ? host.substring(0, colon) : host);
      ports.add(hasPort ? Integer.parseInt(host.substring(colon + 1)) : DEFAULT_PORT);
    }
    source.setServerNames(names.toArray(new String[0]));
    source.setPortNumbers(ports.stream().mapToInt(Integer::intValue).toArray());
    if (names.size() > 1) {
      source.setTargetServerType("primary");
    }
    source.setDatabaseName(address.database());
    if (!address.user().isEmpty()) {
      source.setUser(address.user());
    }
    if (!address.password().isEmpty()) {
      source.setPassword(address.password());
    }
    source.setConnectTimeout(CONNECT_SECONDS);
    source.setSocketTimeout(SOCKET_SECONDS);
    source.setTcpKeepAlive(true);
    source.setApplicationName("dnd-metrics");
    address
        .options()
        .forEach((option, value) -> {
          switch (option) {
            case "sslmode" -> source.setSslMode(value);
            case "sslrootcert" -> source.setSslRootCert(value);
            case "sslcert" -> source.setSslCert(value);
            case "sslkey" -> source.setSslKey(value);
            case "application_name" -> source.setApplicationName(value);
            default -> throw new IllegalStateException("an option that was checked: " + option);
          }
        });
    pool.setDataSource(source);
    pool.setMaximumPoolSize(CONNECTIONS);
    pool.setMinimumIdle(1);
  }

  @Override
  public void configure(FluentConfiguration migrations) {
    migrations
        .locations("classpath:dnd/metrics/server/database/migration/postgresql")
        .schemas(schema)
        .defaultSchema(schema)
        .createSchemas(true);
  }

  @Override
  public String kind(Connection connection) throws SQLException {
    String version = connection.getMetaData().getDatabaseProductVersion();
    int space = version.indexOf(' '); // what a distribution adds
    return "PostgreSQL " + (space < 0 ? version : version.substring(0, space));
  }

  @Override
  public String name(String table) {
    return '"' + schema + "\".\"" + table + '"';
  }

  @Override
  public String placeholder(ColumnType type) {
    return type == ColumnType.JSON ? "CAST(? AS json)" : "?";
  }

  @Override
  public Argument argument(ColumnType type, @Nullable Object value) {
    return (position, statement, context) -> {
      if (value == null) {
        statement.setNull(position, sqlType(type));
        return;
      }
      switch (type) {
        case TEXT, JSON -> statement.setString(position, (String) value);
        case INTEGER -> statement.setLong(position, (Long) value);
        case REAL -> statement.setDouble(position, (Double) value);
        case BOOLEAN -> statement.setBoolean(position, (Boolean) value);
        case TIME ->
            statement.setObject(
                position, Instant.ofEpochMilli((Long) value).atOffset(ZoneOffset.UTC));
      }
    };
  }

  private static int sqlType(ColumnType type) {
    return switch (type) {
      case TEXT, JSON -> Types.VARCHAR;
      case INTEGER -> Types.BIGINT;
      case REAL -> Types.DOUBLE;
      case BOOLEAN -> Types.BOOLEAN;
      case TIME -> Types.TIMESTAMP_WITH_TIMEZONE;
    };
  }

  @Override
  public @Nullable Object value(ResultSet result, int index, ColumnType type) throws SQLException {
    Object value =
        switch (type) {
          case TEXT, JSON -> result.getString(index);
          case INTEGER -> result.getLong(index);
          case REAL -> result.getDouble(index);
          case BOOLEAN -> result.getBoolean(index);
          case TIME -> result.getObject(index, OffsetDateTime.class);
        };
    if (result.wasNull()) {
      return null;
    }
    return value instanceof OffsetDateTime time ? (Object) time.toInstant().toEpochMilli() : value;
  }

  /**
   * Classes 22, 23 and 54: data exception, integrity constraint violation, and program limit
   * exceeded, as by a key that is longer than an index takes.
   */
  @Override
  public boolean isRefusal(SQLException failure) {
    String state = failure.getSQLState();
    return state != null
        && (state.startsWith("22") || state.startsWith("23") || state.startsWith("54"));
  }

  @Override
  public TransactionIsolationLevel snapshotLevel() {
    return TransactionIsolationLevel.REPEATABLE_READ;
  }

  /** The server has done so at the commit, unless whoever runs it has told it otherwise. */
  @Override
  public boolean force(Connection connection) {
    return true;
  }
}
