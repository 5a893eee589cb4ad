package dnd.metrics.server.promql.parse;

/** What the {@code @} modifier pins a selector or subquery to. */
public sealed interface AtModifier {
  /** {@code @ 1234.5}: a fixed time, Unix milliseconds. */
  record Time(long millis) implements AtModifier {}

  /** {@code @ start()} or {@code @ end()}: an end of the query's range. */
  enum Edge implements AtModifier {
    START,
    END
  }
}
