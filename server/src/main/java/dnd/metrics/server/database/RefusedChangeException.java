package dnd.metrics.server.database;

/** The database refuses a change for what it holds, now and ever. */
final class RefusedChangeException extends Exception {
  private static final long serialVersionUID = 1;

  RefusedChangeException(String message, Throwable cause) {
    super(message, cause);
  }
}
