package dnd.metrics.server.database;

import com.zaxxer.hikari.HikariConfig;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.jdbi.v3.core.argument.Argument;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.jspecify.annotations.Nullable;

/** Where SQLite and PostgreSQL differ. Immutable. */
sealed interface SqlDialect permits SqliteDialect, PostgreSqlDialect {
  /** Sets the pool's source of connections and their number. */
  void configure(HikariConfig pool) throws IOException;

  /** Sets where the migrations are and which schema they are for. */
  void configure(FluentConfiguration migrations);

  /** Name and version of the database. */
  String kind(Connection connection) throws SQLException;

  /** The table's name in a statement. */
  String name(String table);

  /** What stands for a value of that type in a statement. */
  String placeholder(ColumnType type);

  /** A value, or nothing, for a column of that type. */
  Argument argument(ColumnType type, @Nullable Object value);

  /** The value in that column of a result. */
  @Nullable Object value(ResultSet result, int index, ColumnType type) throws SQLException;

  /** Whether a statement failed for what it holds, so that trying again has no point. */
  boolean isRefusal(SQLException failure);

  /** How isolated a transaction must be to read several tables as they are at one moment. */
  TransactionIsolationLevel snapshotLevel();

  /**
   * Makes what was committed survive a power cut, where a commit alone does not; false where a
   * reader is in the way.
   */
  boolean force(Connection connection) throws SQLException;
}
