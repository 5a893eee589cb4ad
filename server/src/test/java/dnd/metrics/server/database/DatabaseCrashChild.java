package dnd.metrics.server.database;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/**
 * The process that {@link DatabaseOutageTest} kills. Arguments: a folder, the address of a
 * database, the number of the first write. Each write puts a row of its own, and its number into
 * the row {@code last}; each that returned is a line of output. It never ends by itself.
 */
final class DatabaseCrashChild {
  private DatabaseCrashChild() {}

  static List<Change> write(int number) {
    return List.of(
        new Change.Put(Table.SILENCES, Row.builder().text("id", "n" + number).build()),
        new Change.Put(
            Table.SILENCES,
            Row.builder().text("id", "last").text("comment", "n" + number).build()));
  }

  public static void main(String[] args) throws Exception {
    DatabaseAddress address = DatabaseAddress.parse(args[1], text -> text);
    DatabaseOptions options = DatabaseOptions.of(Path.of(args[0]), address, "metrics_db", Map.of());
    Database database =
        JournaledDatabase.open(
            options,
            InstantSource.system(),
            damage -> {
              throw new IllegalStateException(damage);
            });
    for (int number = Integer.parseInt(args[2]); ; number++) {
      database.write(write(number));
      System.out.println(number);
    }
  }
}
