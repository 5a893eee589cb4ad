package dnd.metrics.server.promql.test;

/** A test script that cannot be run: one of its lines is wrong, or loads what cannot be stored. */
public final class ScriptException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int line;

  ScriptException(int line, String reason) {
    super("line " + line + ": " + reason);
    this.line = line;
  }

  /** The line, counted from 1. */
  public int line() {
    return line;
  }
}
