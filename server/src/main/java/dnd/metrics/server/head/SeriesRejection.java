package dnd.metrics.server.head;

/** Why a series cannot be had from {@link SenderBatch#resolve}. */
public enum SeriesRejection {
  /** The sender's service has as many series as it may; the ones that exist go on. */
  SERIES_LIMIT,

  /** The event has defined more new series than one record of the log may hold. */
  EVENT_FULL,

  /** Another sender writes a series with these very labels. */
  OTHER_SENDER,

  /** What the series had is damaged on the disk, until a start brings it back. */
  DAMAGED
}
