package dnd.metrics.server.yaml;

/** A text is not YAML, or larger or deeper than allowed; line and column count from 1. */
public final class YamlSyntaxException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int line;
  private final int column;

  public YamlSyntaxException(int line, int column, String message) {
    super(message);
    this.line = line;
    this.column = column;
  }

  public int line() {
    return line;
  }

  public int column() {
    return column;
  }
}
