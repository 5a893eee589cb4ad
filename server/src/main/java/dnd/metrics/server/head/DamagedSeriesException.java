package dnd.metrics.server.head;

import dnd.metrics.server.model.UnreadableSamplesException;

/**
 * A series cannot be read, or not all of it, since a chunk of it, what it had when it was parked,
 * or where its older chunks are, has been damaged on the disk, beyond what parity makes good. What
 * the checkpoint or the log from before have still comes back at the next start. The message says
 * where.
 */
final class DamagedSeriesException extends UnreadableSamplesException {
  private static final long serialVersionUID = 1;

  DamagedSeriesException(String message) {
    super(message);
  }
}
