package dnd.metrics.server.database;

import com.zaxxer.hikari.HikariConfig;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.jdbi.v3.core.argument.Argument;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteErrorCode;

/**
 * SQLite in a folder of its own, in WAL mode: one writes, several read beside it. A transaction is
 * deferred, so that one that only reads keeps nobody from writing; one that changes something does
 * so first, and waits for its turn there. A commit is not forced to disk, since the journal is;
 * {@link #force} is what comes before the journal forgets.
 *
 * @param folder where the file is, made where it does not exist
 * @param schema the name of the file
 */
record SqliteDialect(Path folder, String schema) implements SqlDialect {
  private static final int CONNECTIONS = 4;
  private static final int BUSY_MILLIS = 10_000;

  /** Nothing is written while a checkpoint waits for readers. */
  private static final int CHECKPOINT_MILLIS = 500;

  private static final String NAN = "NaN";

  @Override
  public void configure(HikariConfig pool) throws IOException {
    Files.createDirectories(folder);
    keepLibraryHere();
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.NORMAL);
    config.setBusyTimeout(BUSY_MILLIS);
    SQLiteDataSource source = new SQLiteDataSource(config);
    source.setUrl("jdbc:sqlite:" + file());
    pool.setDataSource(source);
    pool.setMaximumPoolSize(CONNECTIONS);
    pool.setMinimumIdle(1);
  }

  private Path file() {
    return folder.resolve(schema + ".sqlite");
  }

  /**
   * The driver unpacks its library at each start and cannot remove it when the process is killed:
   * here, where nobody else is, the ones of former processes can be removed.
   */
  private void keepLibraryHere() throws IOException {
    if (System.getProperty("org.sqlite.tmpdir") != null) {
      return;
    }
    try (DirectoryStream<Path> old = Files.newDirectoryStream(folder, "sqlite-*-*libsqlitejdbc*")) {
      for (Path file : old) {
        Files.delete(file);
      }
    }
    System.setProperty("org.sqlite.tmpdir", folder.toString());
  }

  @Override
  public void configure(FluentConfiguration migrations) {
    migrations.locations("classpath:dnd/metrics/server/database/migration/sqlite");
  }

  @Override
  public String kind(Connection connection) throws SQLException {
    return "SQLite " + connection.getMetaData().getDatabaseProductVersion();
  }

  @Override
  public String name(String table) {
    return '"' + table + '"';
  }

  @Override
  public String placeholder(ColumnType type) {
    return "?";
  }

  @Override
  public Argument argument(ColumnType type, @Nullable Object value) {
    return (position, statement, context) -> {
      switch (value) {
        case null -> statement.setNull(position, Types.NULL);
        case String text -> statement.setString(position, text);
        case Long number -> statement.setLong(position, number);
        case Boolean flag -> statement.setInt(position, flag ? 1 : 0);
        case Double number when number.isNaN() -> statement.setString(position, NAN);
        case Double number -> statement.setDouble(position, number);
        default -> throw new IllegalStateException("no value of a row: " + value.getClass());
      }
    };
  }

  @Override
  public @Nullable Object value(ResultSet result, int index, ColumnType type) throws SQLException {
    if (result.getObject(index) == null) {
      return null;
    }
    return switch (type) {
      case TEXT, JSON -> result.getString(index);
      case INTEGER, TIME -> result.getLong(index);
      case BOOLEAN -> result.getInt(index) != 0;
      case REAL ->
          result.getObject(index) instanceof String ? (Object) Double.NaN : result.getDouble(index);
    };
  }

  @Override
  public boolean isRefusal(SQLException failure) {
    int primary = failure.getErrorCode() & 0xff;
    return primary == SQLiteErrorCode.SQLITE_CONSTRAINT.code
        || primary == SQLiteErrorCode.SQLITE_MISMATCH.code
        || primary == SQLiteErrorCode.SQLITE_TOOBIG.code;
  }

  @Override
  public TransactionIsolationLevel snapshotLevel() {
    return TransactionIsolationLevel.SERIALIZABLE;
  }

  @Override
  public boolean force(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      waitAtMost(statement, CHECKPOINT_MILLIS);
      try (ResultSet result = statement.executeQuery("PRAGMA wal_checkpoint(TRUNCATE)")) {
        return !result.next() || result.getInt(1) == 0;
      } finally {
        waitAtMost(statement, BUSY_MILLIS);
      }
    }
  }

  private static void waitAtMost(Statement statement, int millis) throws SQLException {
    statement.execute("PRAGMA busy_timeout = " + millis);
  }
}
