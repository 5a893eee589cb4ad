package dnd.metrics.server.database;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A real PostgreSQL in a temporary folder, on a free port of the loopback, which can be stopped and
 * started again: the one of io.zonky.test, or, where that will not start, the {@link
 * InstalledPostgres}. Where none can be had the test fails: nothing is left out silently.
 */
public final class TestPostgres implements AutoCloseable {
  private final Path folder;
  private int port;
  private @Nullable EmbeddedPostgres embedded;
  private @Nullable InstalledPostgres installed;
  private boolean running;

  private TestPostgres(Path folder) {
    this.folder = folder;
  }

  public static TestPostgres start() {
    try {
      TestPostgres postgres = new TestPostgres(Files.createTempDirectory("dnd-metrics-postgres"));
      try {
        postgres.startEmbedded();
      } catch (IOException | RuntimeException e) {
        System.out.println("the embedded PostgreSQL does not start here: " + e);
        postgres.installed = InstalledPostgres.create();
        postgres.port = postgres.installed.port();
        postgres.resume();
      }
      postgres.running = true;
      return postgres;
    } catch (IOException e) {
      throw new AssertionError("this test needs a PostgreSQL, and none could be started", e);
    }
  }

  private void startEmbedded() throws IOException {
    EmbeddedPostgres.Builder builder =
        EmbeddedPostgres.builder()
            .setDataDirectory(folder.resolve("data"))
            .setCleanDataDirectory(false);
    if (port != 0) {
      builder.setPort(port);
    }
    embedded = builder.start();
    port = embedded.getPort();
  }

  /** Starts it again, on the port that it had. */
  public void resume() throws IOException {
    if (installed != null) {
      installed.resume();
    } else {
      startEmbedded();
    }
    running = true;
  }

  public void stop() throws IOException {
    running = false;
    if (installed != null) {
      installed.stop();
    } else if (embedded != null) {
      embedded.close();
    }
  }

  public String url(String database) {
    return "postgresql://postgres:secret@127.0.0.1:" + port + "/" + database;
  }

  DatabaseAddress address(String database) {
    return DatabaseAddress.parse(url(database), text -> text);
  }

  /** Makes an empty database. */
  public void create(String database) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + port + "/postgres", "postgres", "secret");
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + database);
    }
  }

  @Override
  public void close() throws IOException {
    if (running) {
      stop();
    }
    if (installed != null) {
      installed.delete();
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }
}
