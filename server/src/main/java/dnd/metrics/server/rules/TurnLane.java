package dnd.metrics.server.rules;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;

/**
 * Rules of about the same cost that wait for their turns, and how much of the processors' time they
 * may take together. Guarded by the lock of {@link RuleTurns}.
 */
final class TurnLane {
  final FairQueue<RuleTurn> queue = new FairQueue<>();
  final ShareLimit share;
  final Condition work;
  private final long atMostNanos;

  /**
   * @param atMostNanos rules of one group are taken together while they are expected to cost less
   */
  TurnLane(ShareLimit share, Condition work, long atMostNanos) {
    this.share = share;
    this.work = work;
    this.atMostNanos = atMostNanos;
  }

  /** The rule whose turn it is, with others of its group; there must be one. */
  List<RuleTurn> take() {
    List<RuleTurn> taken = new ArrayList<>();
    RuleTurn first = queue.poll();
    if (first == null) {
      throw new IllegalStateException("no rule waits");
    }
    taken.add(first);
    long expected = first.expectedNanos;
    for (RuleTurn other : first.loaded.turns) {
      if (other.lane == this
          && expected + other.expectedNanos < atMostNanos
          && queue.remove(other)) {
        taken.add(other);
        expected += other.expectedNanos;
      }
    }
    return taken;
  }
}
