package dnd.metrics.server.promql.parse;

/**
 * A stretch of a query's text, as UTF-16 offsets: {@code start} included, {@code end} not. Line and
 * column for people are worked out by {@link ParseException}.
 */
public record PositionRange(int start, int end) {
  /** From where one stretch begins to where another, later one ends. */
  public static PositionRange between(PositionRange first, PositionRange last) {
    return new PositionRange(first.start, last.end);
  }

  public boolean contains(PositionRange other) {
    return start <= other.start && other.end <= end;
  }
}
