package dnd.metrics.server.storage;

import java.util.Optional;

/**
 * How long samples are kept now: what the configuration says, unless it was changed while the
 * service runs. Safe for use by several threads.
 */
public final class CurrentRetention {
  private final Retention configured;
  private final long longestBlockMillis;
  private volatile Optional<Retention> changed;

  /**
   * @param changed what goes before the configuration, if anything
   * @param longestBlockMillis how long blocks may be, whatever the retention allows
   */
  public CurrentRetention(
      Retention configured, Optional<Retention> changed, long longestBlockMillis) {
    this.configured = configured;
    this.longestBlockMillis = longestBlockMillis;
    this.changed = changed;
  }

  /** What holds; the compaction that comes next heeds it. */
  public Retention get() {
    return changed.orElse(configured);
  }

  /** How long a block may be. */
  long longestBlockMillis() {
    return Math.max(
        Compactor.RANGE_MILLIS, Math.min(longestBlockMillis, get().longestBlockMillis()));
  }

  public Retention configured() {
    return configured;
  }

  public boolean isChanged() {
    return changed.isPresent();
  }

  /** Lets another one hold from now on; the configured one where it is empty. */
  public void change(Optional<Retention> retention) {
    changed = retention;
  }
}
