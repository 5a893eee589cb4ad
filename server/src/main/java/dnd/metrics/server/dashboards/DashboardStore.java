package dnd.metrics.server.dashboards;

import dnd.metrics.server.database.Database;
import dnd.metrics.server.database.DatabaseUnavailableException;
import dnd.metrics.server.database.Row;
import dnd.metrics.server.database.Table;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The dashboards: the newest version of each in memory, all versions in the tables {@code
 * dashboards} and {@code dashboard_history}. They are read when they are first asked for; while the
 * database cannot be read, nothing can be said of them. For one thread.
 */
final class DashboardStore {
  static final int MAX_DASHBOARDS = 10_000;

  /** Of the newest versions together, as JSON; parsed, they take several times as much. */
  static final long MAX_CHARS = 64 << 20;

  private final Database database;
  private @Nullable Map<String, Dashboard> newest;

  /** How many the newest versions have. */
  private long chars;

  DashboardStore(Database database) {
    this.database = database;
  }

  private Map<String, Dashboard> newest() throws DatabaseUnavailableException {
    Map<String, Dashboard> known = newest;
    if (known == null) {
      known = new TreeMap<>();
      chars = 0;
      for (Row row : database.read(Table.DASHBOARDS, Map.of())) {
        Dashboard dashboard = Dashboard.of(row);
        chars += chars(dashboard);
        known.put(key(dashboard.project(), dashboard.name()), dashboard);
      }
      newest = known;
    }
    return known;
  }

  private static String key(String project, String name) {
    return project + '/' + name; // neither can hold a slash
  }

  /** The newest version of each, also of those that were deleted, by project and name. */
  Collection<Dashboard> all() throws DatabaseUnavailableException {
    return newest().values();
  }

  /** The newest version, which may be that it was deleted. */
  Optional<Dashboard> find(String project, String name) throws DatabaseUnavailableException {
    return Optional.ofNullable(newest().get(key(project, name)));
  }

  /** All versions, newest first. */
  List<Dashboard> history(String project, String name) throws DatabaseUnavailableException {
    List<Dashboard> versions = new ArrayList<>();
    for (Row row :
        database.read(Table.DASHBOARD_HISTORY, Map.of("project", project, "name", name))) {
      versions.add(Dashboard.of(row));
    }
    versions.sort((a, b) -> Long.compare(b.version(), a.version()));
    return versions;
  }

  private static int chars(Dashboard dashboard) {
    return dashboard.body().toString().length();
  }

  /**
   * Whether one more may be kept, those counted that were deleted. What needs no more room than the
   * version before it always may.
   */
  boolean hasRoomFor(Dashboard dashboard) throws DatabaseUnavailableException {
    Map<String, Dashboard> known = newest();
    Dashboard before = known.get(key(dashboard.project(), dashboard.name()));
    if (before == null && known.size() >= MAX_DASHBOARDS) {
      return false;
    }
    int more = chars(dashboard) - (before == null ? 0 : chars(before));
    return more <= 0 || chars + more <= MAX_CHARS;
  }

  /** Makes {@code dashboard} the newest version. It is durable when this returns. */
  void put(Dashboard dashboard) throws DatabaseUnavailableException, IOException {
    Map<String, Dashboard> known = newest();
    database.write(dashboard.changes());
    Dashboard before = known.put(key(dashboard.project(), dashboard.name()), dashboard);
    chars += chars(dashboard) - (before == null ? 0 : chars(before));
  }
}
