package dnd.metrics.server.cli;

/**
 * A command could not do what it was asked for. The message is one line for the person at the
 * terminal: it says what is wrong and, where it can, what to do. Ends the program with exit code 1.
 */
public final class CommandFailedException extends Exception {
  private static final long serialVersionUID = 1L;

  public CommandFailedException(String message) {
    super(message);
  }

  public CommandFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
