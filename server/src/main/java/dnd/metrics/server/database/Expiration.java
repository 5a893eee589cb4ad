package dnd.metrics.server.database;

import java.time.Duration;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes rows whose {@code ttl} is over, once a minute of the time passed in. For one thread. */
final class Expiration {
  private static final Logger LOG = LoggerFactory.getLogger(Expiration.class);
  private static final long INTERVAL_MILLIS = Duration.ofMinutes(1).toMillis();

  private final Map<String, Duration> ttl;
  private long nextMillis = Long.MIN_VALUE;

  /**
   * @param ttl how long rows are kept, by the table's name
   */
  Expiration(Map<String, Duration> ttl) {
    this.ttl = ttl;
  }

  /** Removes what is due, if a minute is over since the last time. */
  void runIfDue(TableStore tables, long nowMillis) throws DatabaseUnavailableException {
    if (nowMillis < nextMillis) {
      return;
    }
    for (Table table : Table.ALL) {
      Duration kept = ttl.get(table.name());
      if (kept != null) {
        int removed = tables.expire(table, nowMillis - kept.toMillis());
        if (removed > 0) {
          LOG.info("removed {} rows of {} that were older than their ttl", removed, table);
        }
      }
    }
    nextMillis = nowMillis + INTERVAL_MILLIS;
  }
}
