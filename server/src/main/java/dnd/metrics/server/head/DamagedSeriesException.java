package dnd.metrics.server.head;

import dnd.metrics.server.model.UnreadableSamplesException;

/**
 * A series that is parked cannot be read, since what it had has been damaged on the disk, beyond
 * what parity makes good. The checkpoint and the log from before have it still, and bring it back
 * at the next start. The message says where.
 */
final class DamagedSeriesException extends UnreadableSamplesException {
  private static final long serialVersionUID = 1;

  DamagedSeriesException(String message) {
    super(message);
  }
}
