package dnd.metrics.server.database;

/** The tables cannot be read at present; the message says why, for the user. */
public final class DatabaseUnavailableException extends Exception {
  private static final long serialVersionUID = 1;

  public DatabaseUnavailableException(String message) {
    super(message);
  }

  public DatabaseUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
