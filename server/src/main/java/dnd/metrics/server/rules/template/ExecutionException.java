package dnd.metrics.server.rules.template;

/** An expansion that failed; the message says where, as Go's does. */
final class ExecutionException extends Exception {
  private static final long serialVersionUID = 1L;

  ExecutionException(String message) {
    super(message);
  }
}
