package dnd.metrics.server.rules;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives rules their turns to be evaluated at once, on threads {@code rule-now-n} and {@code
 * rule-slow-n} (docs/decisions/rule-turns.md). A rule that costs little never waits behind many
 * that cost much: there is a lane for each, with threads and a {@linkplain ProcessorShare share} of
 * the processors' time of its own, and within a lane the rule for which least was done comes first.
 * Safe for use by several threads.
 *
 * <p>{@code lock} guards the lanes and the turns; nothing else is locked or called while it is
 * held.
 */
final class RuleTurns implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RuleTurns.class);

  /** A rule whose turn costs more is slow. */
  static final long SLOW_NANOS = 2_000_000;

  /** Quick rules of one group share a turn while they cost no more together. */
  private static final long TOGETHER_NANOS = 500_000;

  /** Evaluates rules of a group, and says how long a processor worked for it. */
  @FunctionalInterface
  interface Work {
    long evaluate(LoadedGroup loaded, BitSet rules);
  }

  /** So often is looked how busy the machine is. */
  private static final long LOOK_NANOS = 200_000_000;

  private static final OperatingSystemMXBean SYSTEM =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private final ReentrantLock lock = new ReentrantLock();
  private final Work work;
  private final int processors;
  private final AtomicLong lookedNanos = new AtomicLong(System.nanoTime());
  private final TurnLane quick;
  private final TurnLane slow;
  private final List<Thread> threads = new ArrayList<>();
  private boolean closed;

  /**
   * @param stackBytes of its threads
   */
  RuleTurns(Work work, int processors, long stackBytes) {
    this.work = work;
    this.processors = processors;
    long now = System.nanoTime();
    double share = processors * ProcessorShare.at(0);
    this.quick = new TurnLane(new ShareLimit(share, now), lock.newCondition(), TOGETHER_NANOS);
    this.slow = new TurnLane(new ShareLimit(share, now), lock.newCondition(), 0);
    begin(Math.max(2, processors / 2), "rule-now-", quick, stackBytes);
    begin(Math.max(1, processors / 4), "rule-slow-", slow, stackBytes);
  }

  private void begin(int count, String name, TurnLane lane, long stackBytes) {
    for (int i = 1; i <= count; i++) {
      threads.add(
          Thread.ofPlatform()
              .name(name + i)
              .daemon()
              .stackSize(stackBytes)
              .start(() -> takeTurns(lane)));
    }
  }

  /** Something is there for the rule to look at. Short: it runs on the log's thread. */
  void add(RuleTurn turn) {
    if (turn.isWaiting()) {
      return; // it is taken before it looks what there is
    }
    lock.lock();
    try {
      if (closed || turn.isWaiting()) {
        return;
      }
      TurnLane lane = turn.expectedNanos > SLOW_NANOS ? slow : quick;
      if (turn.lane != lane) {
        FairQueue.forget(turn);
        turn.lane = lane;
      }
      lane.queue.add(turn, turn.expectedNanos);
      lane.work.signal();
    } finally {
      lock.unlock();
    }
  }

  private void takeTurns(TurnLane lane) {
    boolean more = true;
    while (more) {
      try {
        more = takeTurn(lane);
      } catch (OutOfMemoryError e) { // to look for the next, or to say what happened
        LockSupport.parkNanos(RuleScheduler.MEMORY_PAUSE_NANOS);
      }
    }
  }

  /** Waits for a turn and takes it; false once closed. */
  private boolean takeTurn(TurnLane lane) {
    TurnLane.Taken taken = take(lane);
    if (taken == null) {
      return false;
    }
    long worked = 0;
    try {
      worked = work.evaluate(taken.loaded(), taken.rules());
    } catch (RuntimeException | Error e) {
      LOG.error("a turn of group {} failed", taken.loaded().group.key(), e);
    }
    worked(lane, taken.turns(), worked);
    lookAtLoad(System.nanoTime());
    return true;
  }

  private void lookAtLoad(long nowNanos) {
    long looked = lookedNanos.get();
    if (nowNanos - looked > LOOK_NANOS && lookedNanos.compareAndSet(looked, nowNanos)) {
      double share = processors * ProcessorShare.at(SYSTEM.getCpuLoad());
      lock.lock();
      try {
        quick.share.change(share, nowNanos);
        slow.share.change(share, nowNanos);
      } finally {
        lock.unlock();
      }
    }
  }

  /** Waits for a turn; null once closed. */
  private TurnLane.@Nullable Taken take(TurnLane lane) {
    lock.lock();
    try {
      while (!closed) {
        long wait = lane.share.waitNanos(System.nanoTime());
        if (lane.queue.isEmpty()) {
          lane.work.awaitUninterruptibly();
        } else if (wait > 0) {
          lane.work.awaitNanos(wait);
        } else {
          TurnLane.Taken taken = lane.take();
          if (!lane.queue.isEmpty()) {
            lane.work.signal(); // a thread that was woken may have had to wait for its lane's share
          }
          return taken;
        }
      }
      return null;
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts these threads", e);
    } finally {
      lock.unlock();
    }
  }

  /** What was worked is divided among the rules by how long each took. */
  private void worked(TurnLane lane, List<RuleTurn> taken, long nanos) {
    if (nanos == 0) {
      return; // another thread evaluates the group
    }
    List<RuleState> states = taken.getFirst().loaded.state.rules();
    long took = 0;
    for (RuleTurn turn : taken) {
      took += states.get(turn.rule).tookNanos();
    }
    lock.lock();
    try {
      lane.share.spend(nanos, System.nanoTime());
      for (RuleTurn turn : taken) {
        long part =
            took == 0
                ? nanos / taken.size()
                : (long) ((double) nanos * states.get(turn.rule).tookNanos() / took);
        turn.expectedNanos = part > turn.expectedNanos ? part : (3 * turn.expectedNanos + part) / 4;
        if (turn.lane == lane) {
          lane.queue.worked(turn, part);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Begins no more turns. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      quick.work.signalAll();
      slow.work.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits for the turns that are under way; false where that takes longer. */
  boolean awaitEnd(long nanos) throws InterruptedException {
    long until = System.nanoTime() + nanos;
    for (Thread thread : threads) {
      if (!thread.join(Duration.ofNanos(Math.max(1, until - System.nanoTime())))) {
        return false;
      }
    }
    return true;
  }
}
