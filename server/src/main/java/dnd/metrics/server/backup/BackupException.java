package dnd.metrics.server.backup;

import java.io.IOException;

/** A backup that cannot be made, is not whole, or may not go where it should; for the user. */
public final class BackupException extends IOException {
  private static final long serialVersionUID = 1;

  public BackupException(String message) {
    super(message);
  }

  public BackupException(String message, Throwable cause) {
    super(message, cause);
  }
}
