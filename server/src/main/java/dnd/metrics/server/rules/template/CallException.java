package dnd.metrics.server.rules.template;

/** A function that could not do what it was asked; the caller adds where. */
final class CallException extends Exception {
  private static final long serialVersionUID = 1L;

  CallException(String message) {
    super(message);
  }
}
