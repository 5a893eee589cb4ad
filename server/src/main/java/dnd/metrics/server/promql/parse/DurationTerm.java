package dnd.metrics.server.promql.parse;

/** What stands where PromQL wants a duration: a number of seconds, or arithmetic over such. */
public sealed interface DurationTerm permits NumberLiteral, DurationExpr {
  PositionRange position();
}
