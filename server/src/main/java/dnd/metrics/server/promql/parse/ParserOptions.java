package dnd.metrics.server.promql.parse;

/**
 * Which experimental parts of the language are switched on.
 *
 * @param experimentalFunctions functions and aggregations that Prometheus calls experimental
 * @param durationExpressions arithmetic over durations ({@code foo[5m * 2]})
 * @param extendedRangeSelectors the modifiers {@code anchored} and {@code smoothed}
 * @param fillModifiers the modifiers {@code fill}, {@code fill_left} and {@code fill_right}
 */
public record ParserOptions(
    boolean experimentalFunctions,
    boolean durationExpressions,
    boolean extendedRangeSelectors,
    boolean fillModifiers) {
  /** Everything that Prometheus 3.14 knows. */
  public static final ParserOptions ALL = new ParserOptions(true, true, true, true);

  /** Only what is stable. */
  public static final ParserOptions STABLE = new ParserOptions(false, false, false, false);
}
