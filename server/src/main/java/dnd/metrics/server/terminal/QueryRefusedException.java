package dnd.metrics.server.terminal;

/** The service's answer is an error. The stretch is where the query is wrong, -1 if not known. */
public final class QueryRefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int start;
  private final int end;

  QueryRefusedException(String error, int start, int end) {
    super(error);
    this.start = start;
    this.end = end;
  }

  /**
   * The error and, where the query itself is wrong, the line of it that is, underlined. The
   * underline counts characters, not columns.
   */
  public String explain(String query) {
    String error = String.valueOf(getMessage());
    String prefix = "invalid parameter \"query\": ";
    String plain = error.startsWith(prefix) ? error.substring(prefix.length()) : error;
    if (start < 0 || start > query.length() || end > query.length()) {
      return plain;
    }
    int lineStart = query.lastIndexOf('\n', Math.max(0, start - 1)) + 1;
    if (lineStart > start) {
      lineStart = start;
    }
    int lineEnd = query.indexOf('\n', start);
    if (lineEnd < 0) {
      lineEnd = query.length();
    }
    int stop = Math.max(start + 1, Math.min(end, lineEnd));
    String line = query.substring(lineStart, lineEnd).replace('\t', ' ');
    String underline = " ".repeat(start - lineStart) + "^".repeat(stop - start);
    return plain + "\n  " + line + "\n  " + underline;
  }
}
