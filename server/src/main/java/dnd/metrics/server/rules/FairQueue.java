package dnd.metrics.server.rules;

import java.util.Comparator;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Those that wait for a turn, in a fair order: by when the work of each would end if it had begun
 * when the one before it ended, on a clock that shows how far those are that were served last
 * (after Goyal, Vin and Cheng, "Start-time Fair Queuing", 1996). Whoever needs little and had
 * little done comes before all others; who waited long without asking gains nothing by it. Not safe
 * for use by several threads.
 *
 * @param <M> those that wait
 */
final class FairQueue<M extends FairQueue.Member> {
  /** One that waits or may come to. Belongs to one queue. */
  static class Member {
    private long startNanos;
    private long expectedNanos;
    private long order;

    private long endNanos() {
      return startNanos + expectedNanos;
    }

    /** May be read by anybody: true until it is taken, which happens before its work begins. */
    private volatile boolean waiting;

    final boolean isWaiting() {
      return waiting;
    }
  }

  private final TreeSet<M> waiting =
      new TreeSet<>(
          Comparator.<M>comparingLong(member -> ((Member) member).endNanos())
              .thenComparingLong(member -> ((Member) member).order));

  private long virtualNanos;
  private long orders;

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** The one whose turn it is; there must be one. */
  M first() {
    return waiting.first();
  }

  /**
   * Has no effect on one that waits already.
   *
   * @param expectedNanos how much work is likely to be done for it
   */
  void add(M member, long expectedNanos) {
    Member state = member;
    if (!state.waiting) {
      state.expectedNanos = expectedNanos;
      state.startNanos = Math.max(state.startNanos, virtualNanos);
      state.order = orders++;
      waiting.add(member); // first: there may be no memory for it
      state.waiting = true;
    }
  }

  /** Takes the one whose turn it is; null where none waits. */
  @Nullable M poll() {
    M first = waiting.pollFirst();
    if (first != null) {
      Member state = first;
      virtualNanos = Math.max(virtualNanos, state.startNanos);
      state.waiting = false;
    }
    return first;
  }

  /** Takes one out of its turn; false where it does not wait. */
  boolean remove(M member) {
    Member state = member;
    if (!state.waiting) {
      return false;
    }
    waiting.remove(member);
    state.waiting = false;
    return true;
  }

  /** So much work was done for one that was taken; it may wait again already. */
  void worked(M member, long nanos) {
    Member state = member;
    boolean again = remove(member);
    state.startNanos += nanos;
    if (again) {
      waiting.add(member); // as above: without memory for it it does not wait, and may be added
      state.waiting = true;
    }
  }

  /** Makes one begin anew, that waits in no queue, as if nothing had ever been done for it. */
  static void forget(Member member) {
    member.startNanos = 0;
  }
}
