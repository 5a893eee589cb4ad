package dnd.metrics.server.rules;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A group that is being evaluated from time to time. {@link #evaluating} is held by whoever
 * evaluates it, so that at most one evaluation runs, and guards {@link #timer}; the state is
 * replaced under it and read without. The group's {@link Triggers} have a lock of their own, so
 * have the turns of its rules, {@link RuleTurns}.
 */
final class LoadedGroup {
  final PreparedGroup group;
  final Slots slots;

  /** Rules are evaluated at later times only. */
  final long floorMillis;

  final ReentrantLock evaluating = new ReentrantLock();
  final Triggers triggers;

  /** Of its rules, in order. */
  final List<RuleTurn> turns;

  /** Whether the timer will wake it for triggers whose time is yet to come. */
  final AtomicBoolean armed = new AtomicBoolean();

  final LongAdder intervals = new LongAdder();
  final LongAdder atOnce = new LongAdder();
  final LongAdder missed = new LongAdder();

  volatile GroupState state;
  volatile boolean stopped;

  /** When the last evaluation began, by the clock; {@link AlertInstance#NEVER} before the first. */
  volatile long evaluatedAtMillis = AlertInstance.NEVER;

  volatile long tookNanos;

  /** Wakes it when a {@code for} or a {@code keep_firing_for} runs out. */
  @Nullable ScheduledFuture<?> timer;

  LoadedGroup(PreparedGroup group, GroupState state) {
    this(group, state, AlertInstance.NEVER);
  }

  /**
   * @param floorMillis the group was evaluated before this process began, at that time at the
   *     latest
   */
  LoadedGroup(PreparedGroup group, GroupState state, long floorMillis) {
    this.group = group;
    this.floorMillis = floorMillis;
    this.slots = Slots.of(group);
    this.state = state;
    this.triggers = new Triggers(group.rules().size());
    List<RuleTurn> each = new ArrayList<>();
    for (int i = 0; i < group.rules().size(); i++) {
      each.add(new RuleTurn(this, i, state.rules().get(i).tookNanos()));
    }
    this.turns = List.copyOf(each);
  }

  /** The time after which any of the rules may be evaluated; all where there is no set. */
  long lastMillis(@Nullable BitSet rules) {
    List<RuleState> states = state.rules();
    long last = floorMillis;
    for (int i = 0; i < states.size(); i++) {
      if (rules == null || rules.get(i)) {
        last = Math.max(last, states.get(i).evaluatedAtMillis());
      }
    }
    return last;
  }
}
