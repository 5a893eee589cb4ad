package dnd.metrics.server.promql.parse;

import java.nio.charset.StandardCharsets;

/**
 * A query that is not PromQL. Its message is Prometheus's, word for word, the place in front:
 * {@code 1:5: parse error: unexpected ...} (line and column count from 1, the column in UTF-8
 * bytes).
 */
public final class ParseException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String query;
  private final int start;
  private final int end;
  private final String reason;

  public ParseException(String query, PositionRange position, String reason) {
    super(place(query, position.start()) + ": parse error: " + reason);
    this.query = query;
    this.start = position.start();
    this.end = position.end();
    this.reason = reason;
  }

  /** The text that was parsed. */
  public String query() {
    return query;
  }

  /** What is wrong, without the place. */
  public String reason() {
    return reason;
  }

  /** The stretch of {@link #query} that is wrong. */
  public PositionRange position() {
    return new PositionRange(start, end);
  }

  /** The line of the query that is wrong, and below it a line that marks the place. */
  public String underlined() {
    int from = Math.clamp(start, 0, query.length());
    int lineStart = query.lastIndexOf('\n', from - 1) + 1;
    int lineEnd = query.indexOf('\n', from);
    if (lineEnd < 0) {
      lineEnd = query.length();
    }
    int width = Math.max(1, Math.min(end, lineEnd) - from);
    return query.substring(lineStart, lineEnd)
        + "\n"
        + " ".repeat(from - lineStart)
        + "^".repeat(width);
  }

  private static String place(String query, int start) {
    if (query.isEmpty()) {
      return "unknown position";
    }
    if (start < 0 || start > query.length()) {
      return "invalid position";
    }
    int line = 1;
    int lineStart = 0;
    for (int i = 0; i < start; i++) {
      if (query.charAt(i) == '\n') {
        line++;
        lineStart = i + 1;
      }
    }
    int column = query.substring(lineStart, start).getBytes(StandardCharsets.UTF_8).length + 1;
    return line + ":" + column;
  }
}
