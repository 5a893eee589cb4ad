package dnd.metrics.server;

import java.time.Duration;
import java.util.Optional;

/**
 * What the storage service is to do with a table.
 *
 * @param ttl how long a row is kept; empty: for ever ({@code ttl: none})
 * @param backup whether backups hold the table
 */
public record TableSettings(Optional<Duration> ttl, boolean backup) {
  /** Kept for ever, and backed up. */
  public static final TableSettings KEPT = new TableSettings(Optional.empty(), true);

  public TableSettings {
    if (ttl.isPresent() && !ttl.get().isPositive()) {
      throw new IllegalArgumentException("a ttl must be above zero");
    }
  }
}
