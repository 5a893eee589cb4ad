package dnd.metrics.server.rules;

import java.util.ArrayList;
import java.util.BitSet;
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

  /** Rules of a group that are evaluated together. */
  record Taken(LoadedGroup loaded, List<RuleTurn> turns, BitSet rules) {
    private static Taken noneYet(LoadedGroup loaded) {
      int most = loaded.turns.size();
      return new Taken(loaded, new ArrayList<>(most), new BitSet(most));
    }

    private void add(RuleTurn turn) {
      turns.add(turn);
      rules.set(turn.rule);
    }
  }

  /**
   * The rule whose turn it is, with others of its group; there must be one. Whatever needs memory
   * comes before any is taken, so that none loses its turn where there is none.
   */
  Taken take() {
    LoadedGroup loaded = queue.first().loaded;
    Taken taken = Taken.noneYet(loaded);
    RuleTurn first = queue.poll();
    if (first == null) {
      throw new IllegalStateException("no rule waits");
    }
    taken.add(first);
    long expected = first.expectedNanos;
    for (int i = 0; i < loaded.turns.size(); i++) { // without an iterator
      RuleTurn other = loaded.turns.get(i);
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
