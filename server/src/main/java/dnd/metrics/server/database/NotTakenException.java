package dnd.metrics.server.database;

import java.io.IOException;

/**
 * The disk takes nothing, and so much waits for it in memory already that a write was not taken: it
 * is not tried again, unlike others that fail.
 */
public final class NotTakenException extends IOException {
  private static final long serialVersionUID = 1;

  public NotTakenException(String message, IOException cause) {
    super(message, cause);
  }
}
