package dnd.metrics.server.terminal;

/** A payload that is not what it should be; the message says why. */
public final class NotJsonException extends Exception {
  private static final long serialVersionUID = 1L;

  public NotJsonException(String reason) {
    super(reason);
  }
}
