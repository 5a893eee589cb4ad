package dnd.metrics.server.rules;

import org.jspecify.annotations.Nullable;

/** A rule as one that may wait for its turn to be evaluated at once. */
final class RuleTurn extends FairQueue.Member {
  final LoadedGroup loaded;
  final int rule;

  /**
   * Where it waits or waited last, and what a turn of it is expected to cost; {@link RuleTurns}'s.
   */
  @Nullable TurnLane lane;

  long expectedNanos;

  RuleTurn(LoadedGroup loaded, int rule, long expectedNanos) {
    this.loaded = loaded;
    this.rule = rule;
    this.expectedNanos = expectedNanos;
  }
}
