package dnd.metrics.server.promql.test;

/** One command of a script. */
sealed interface Command permits Command.Clear, LoadCommand, EvalCommand {
  /** {@code clear}: forgets all series. */
  record Clear() implements Command {}
}
