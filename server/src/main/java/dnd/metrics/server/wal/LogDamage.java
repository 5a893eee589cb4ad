package dnd.metrics.server.wal;

/** A finding of {@link LogReplay}; what a person is told is its text. */
public sealed interface LogDamage {
  /**
   * The last file ends in a write that was not finished when the process or the machine died. From
   * the first of its records on that is not whole it is cut off, and what was cut is kept beside
   * it.
   */
  record TornTail(String file, long offset, long bytes, String keptAs) implements LogDamage {
    @Override
    public String toString() {
      return String.format(
          "%s: the last write was not finished: cut %d bytes at offset %d (kept as %s)",
          file, bytes, offset, keptAs);
    }
  }

  /** Bytes that are no record, with sound records behind them; the file is left as it is. */
  record Unreadable(String file, long offset, long bytes) implements LogDamage {
    @Override
    public String toString() {
      return String.format(
          "%s: damaged at offset %d: skipped %d bytes that no checksum vouches for",
          file, offset, bytes);
    }
  }

  /** Records that are nowhere to be found. */
  record Missing(String file, long firstSequence, long lastSequence) implements LogDamage {
    @Override
    public String toString() {
      return String.format(
          "%s: records %d to %d are missing before this point: what they held is lost",
          file, firstSequence, lastSequence);
    }
  }
}
