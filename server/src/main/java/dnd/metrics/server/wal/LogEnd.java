package dnd.metrics.server.wal;

/**
 * Where a log ends.
 *
 * @param lastSequence number of its last record; 0 for none
 * @param lastSegment number of its last file; 0 for none
 * @param segments how many files it has
 * @param bytes how much they hold
 */
public record LogEnd(long lastSequence, int lastSegment, int segments, long bytes) {
  public static final LogEnd EMPTY = new LogEnd(0, 0, 0, 0);

  /** The same end, but the next record's number is above {@code sequence} too. */
  public LogEnd atLeast(long sequence) {
    return new LogEnd(Math.max(lastSequence, sequence), lastSegment, segments, bytes);
  }
}
