package dnd.metrics.server.exposition;

/** A text that is no exposition; the message begins with the line, counted from 1. */
public final class ExpositionException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int line;

  ExpositionException(int line, String reason) {
    super("line " + line + ": " + reason);
    this.line = line;
  }

  public int line() {
    return line;
  }
}
