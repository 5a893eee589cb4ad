package dnd.metrics.server;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The schema of the storage service and what is to be done with each of its tables. */
public record StorageSettings(String schema, Map<String, TableSettings> tables) {
  public StorageSettings {
    if (schema.isEmpty()) {
      throw new IllegalArgumentException("a schema needs a name");
    }
    tables = Collections.unmodifiableMap(new LinkedHashMap<>(tables));
  }

  /** Schema {@code metrics_db}; alerts are kept for 180 days, everything else for ever. */
  public static StorageSettings defaults() {
    Map<String, TableSettings> tables = new LinkedHashMap<>();
    tables.put("metadata", TableSettings.KEPT);
    tables.put("alert_rules", TableSettings.KEPT);
    tables.put("alerts", new TableSettings(Optional.of(Duration.ofDays(180)), true));
    tables.put("silences", TableSettings.KEPT);
    tables.put("dashboards", TableSettings.KEPT);
    return new StorageSettings("metrics_db", tables);
  }
}
