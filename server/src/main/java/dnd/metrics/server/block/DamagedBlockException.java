package dnd.metrics.server.block;

import dnd.metrics.server.model.UnreadableSamplesException;

/**
 * Bytes of a block are not what they should be. The message names the file, where in it, and what
 * is wrong. It is thrown out of queries too, which read blocks as they go.
 */
public final class DamagedBlockException extends UnreadableSamplesException {
  private static final long serialVersionUID = 1;

  DamagedBlockException(String file, long offset, String problem) {
    super(file + " is damaged at byte " + offset + ": " + problem);
  }

  DamagedBlockException(String file, String problem, Throwable cause) {
    super(file + " is damaged: " + problem, cause);
  }
}
