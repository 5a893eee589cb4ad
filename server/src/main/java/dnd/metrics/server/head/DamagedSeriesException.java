package dnd.metrics.server.head;

import dnd.metrics.server.model.UnreadableSamplesException;

/**
 * A series cannot be read, or not all of it, since what it had when it was parked, or where its
 * older chunks are, has been damaged on the disk, beyond what parity makes good. The checkpoint and
 * the log from before have it still, and bring it back at the next start. The message says where.
 */
final class DamagedSeriesException extends UnreadableSamplesException {
  private static final long serialVersionUID = 1;

  DamagedSeriesException(String message) {
    super(message);
  }
}
