package dnd.metrics.server;

import dnd.metrics.server.database.DatabaseAddress;
import dnd.metrics.server.database.Table;
import dnd.metrics.server.storage.DownsamplingTimes;
import dnd.metrics.server.storage.ObjectSettings;
import dnd.metrics.server.storage.Retention;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Where the storage service's tables are, their schema, and what is to be done with each of them;
 * how long samples are kept, and where.
 */
public record StorageSettings(
    DatabaseAddress database,
    String schema,
    Map<String, TableSettings> tables,
    Retention retention,
    ObjectSettings objects,
    DownsamplingTimes downsampling) {
  public StorageSettings {
    if (schema.isEmpty()) {
      throw new IllegalArgumentException("a schema needs a name");
    }
    tables = Collections.unmodifiableMap(new LinkedHashMap<>(tables));
  }

  /**
   * SQLite in the data folder, schema {@code metrics_db}; alerts are kept for 180 days, everything
   * else for ever.
   */
  public static StorageSettings defaults() {
    Map<String, TableSettings> tables = new LinkedHashMap<>();
    tables.put("metadata", TableSettings.KEPT);
    tables.put("alert_rules", TableSettings.KEPT);
    tables.put("alerts", new TableSettings(Optional.of(Duration.ofDays(180)), true));
    tables.put("silences", TableSettings.KEPT);
    tables.put("dashboards", TableSettings.KEPT);
    return new StorageSettings(
        new DatabaseAddress.DataFolder(),
        "metrics_db",
        tables,
        Retention.EVERYTHING,
        ObjectSettings.NONE,
        DownsamplingTimes.NONE);
  }

  /** What is to be done with a table. */
  public TableSettings of(Table table) {
    return tables.getOrDefault(table.settings(), TableSettings.KEPT);
  }

  /** How long rows are kept, by the name of the table; what is not in it, for ever. */
  public Map<String, Duration> ttl() {
    Map<String, Duration> ttl = new LinkedHashMap<>();
    for (Table table : Table.ALL) {
      of(table).ttl().ifPresent(kept -> ttl.put(table.name(), kept));
    }
    return ttl;
  }
}
