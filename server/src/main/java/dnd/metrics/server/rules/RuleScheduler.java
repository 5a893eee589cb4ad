package dnd.metrics.server.rules;

import dnd.metrics.server.head.AppendListener;
import dnd.metrics.server.head.AppendedEvents;
import dnd.metrics.server.head.Head;
import dnd.metrics.server.head.SeriesWatch;
import dnd.metrics.server.head.WatchedSeries;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.rules.EvaluationRequest.Writing;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides when groups are evaluated: each at its interval, and the rules concerned at once when
 * samples come for a series that they read (docs/decisions/rules-at-once.md). Safe for use by
 * several threads.
 *
 * <p>Threads: {@code rule-timer} wakes groups at their slots and when a {@code for} runs out;
 * {@code rule-interval-n} evaluate whole groups at their slots; the threads of {@link RuleTurns}
 * evaluate rules at once, held to a share of the processors' time, so that however many samples
 * come, slots, ingest and queries have room. They are threads of the operating system: evaluations
 * compute. Whoever evaluates a group holds its lock; whoever finds it held leaves what came in the
 * group's {@link Triggers}, and the holder looks there when it is done.
 */
final class RuleScheduler implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RuleScheduler.class);
  private static final long FINISH_SECONDS = 5;

  /** So often a group is looked at while samples wait whose time is yet to come. */
  private static final long LOOK_AGAIN_MILLIS = 1000;

  /** How long after memory was missing a slot is tried again, or a turn taken. */
  static final long MEMORY_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  /** Room for the deepest expression that the parser lets through. */
  private static final long STACK_BYTES = 8L << 20;

  private final GroupRun run;
  private final Head head;
  private final InstantSource clock;
  private final RuleCounters counters = new RuleCounters();

  private final ScheduledThreadPoolExecutor timer;
  private final ThreadPoolExecutor intervals;
  private final RuleTurns turns;

  /** Guards the replacement of what is loaded, and {@link #watches}. */
  private final Object loadLock = new Object();

  private Map<Watched, SeriesWatch> watches = Map.of();
  private volatile Layout layout = Layout.of(List.of());

  RuleScheduler(GroupRun run, Head head, InstantSource clock) {
    this.run = run;
    this.head = head;
    this.clock = clock;
    int processors = Runtime.getRuntime().availableProcessors();
    this.timer = new ScheduledThreadPoolExecutor(1, threads("rule-timer"));
    timer.setRemoveOnCancelPolicy(true);
    timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    this.intervals = pool(Math.max(2, processors / 2), "rule-interval-");
    this.turns = new RuleTurns(this::evaluateNow, processors, STACK_BYTES);
  }

  private static ThreadPoolExecutor pool(int size, String name) {
    return new ThreadPoolExecutor(
        size, size, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads(name));
  }

  private static ThreadFactory threads(String name) {
    return Thread.ofPlatform().name(name, 1).daemon().stackSize(STACK_BYTES).factory();
  }

  /** A rule of a group that is loaded, whose series are watched. */
  private record Watched(LoadedGroup loaded, int rule) {}

  /**
   * A group to load, with what to begin with where it is not loaded yet.
   *
   * @param floorMillis its rules are evaluated at later times only
   */
  record GroupToLoad(PreparedGroup group, GroupState state, long floorMillis) {}

  RuleCounters counters() {
    return counters;
  }

  /** The groups that are being evaluated. */
  List<LoadedGroup> groups() {
    return layout.groups();
  }

  /** The group that is loaded under that {@linkplain PreparedGroup#key key}. */
  @Nullable LoadedGroup group(String key) {
    return layout.group(key);
  }

  /**
   * Puts other groups in the place of those that are loaded. A group that is unchanged goes on
   * without notice; of one with the same file and name the rules that are unchanged go on.
   *
   * @param correlationId groups that are new or changed are evaluated at once, owed to it; null for
   *     not before their slot, unless samples come: a {@code for} that ran out meanwhile waits, too
   * @return the active alerts of rules that are gone, by the group that they belonged to
   */
  Map<PreparedGroup, List<AlertInstance>> replace(
      List<GroupToLoad> wanted, @Nullable String correlationId) {
    synchronized (loadLock) {
      Map<String, LoadedGroup> before = new HashMap<>();
      groups().forEach(loaded -> before.put(loaded.group.key(), loaded));
      Map<PreparedGroup, List<AlertInstance>> orphans = new HashMap<>();
      List<LoadedGroup> after = new ArrayList<>();
      List<LoadedGroup> begun = new ArrayList<>();
      for (GroupToLoad want : wanted) {
        LoadedGroup was = before.remove(want.group().key());
        if (was != null && was.group.group().equals(want.group().group())) {
          after.add(was);
          continue;
        }
        LoadedGroup loaded =
            was == null
                ? new LoadedGroup(want.group(), want.state(), want.floorMillis())
                : successor(was, want.group(), orphans);
        after.add(loaded);
        begun.add(loaded);
      }
      for (LoadedGroup gone : before.values()) {
        end(successor(gone, gone.group.withoutRules(), orphans));
      }
      install(after);
      long now = clock.millis();
      for (LoadedGroup loaded : begun) {
        awaitNext(loaded, loaded.slots.after(now) - loaded.slots.intervalMillis());
        if (correlationId != null) {
          setTimer(loaded);
          execute(intervals, () -> evaluateAll(loaded, correlationId));
        }
      }
      return orphans;
    }
  }

  /** Stops a group, waiting for an evaluation that runs; another goes on with its state. */
  private static LoadedGroup successor(
      LoadedGroup was, PreparedGroup to, Map<PreparedGroup, List<AlertInstance>> orphans) {
    was.evaluating.lock();
    try {
      was.stopped = true;
      if (was.timer != null) {
        was.timer.cancel(false);
      }
      GroupState.Carried carried = was.state.carriedOver(was.group, to);
      if (!carried.orphans().isEmpty()) {
        orphans.put(was.group, carried.orphans());
      }
      return new LoadedGroup(to, carried.state(), was.floorMillis);
    } finally {
      was.evaluating.unlock();
    }
  }

  /** Ends the series of a group that has no rules any more. */
  private void end(LoadedGroup last) {
    last.evaluating.lock();
    try {
      evaluate(last, null, clock.millis(), Writing.ALL, last.triggers.drain(null, Long.MAX_VALUE));
    } finally {
      last.evaluating.unlock();
    }
  }

  /**
   * Rules that go on keep their watches: of what was appended before and is on its way to the disk
   * those hear who watched then.
   */
  private void install(List<LoadedGroup> after) {
    Layout next = Layout.of(after);
    Map<Watched, SeriesWatch> watched = new HashMap<>();
    Map<Watched, SeriesWatch> ended = new HashMap<>(watches);
    List<Watched> begun = new ArrayList<>();
    List<WatchedSeries> series = new ArrayList<>();
    for (LoadedGroup loaded : after) {
      for (int i = 0; i < loaded.group.rules().size(); i++) {
        List<List<Matcher>> reads = RuleReads.of(loaded.group.rules().get(i).expr());
        if (!reads.isEmpty() && !next.inCycle(loaded, i)) {
          Watched rule = new Watched(loaded, i);
          SeriesWatch before = ended.remove(rule);
          if (before == null) {
            begun.add(rule);
            series.add(new WatchedSeries(reads, listener(loaded, i)));
          } else {
            watched.put(rule, before);
          }
        }
      }
    }
    layout = next;
    List<SeriesWatch> began = head.rewatch(List.copyOf(ended.values()), series);
    for (int i = 0; i < begun.size(); i++) {
      watched.put(begun.get(i), began.get(i));
    }
    watches = watched;
  }

  /** Short: it runs on the log's thread. Of what rules write, their readers know already. */
  private AppendListener listener(LoadedGroup loaded, int rule) {
    return events -> {
      OptionalLong newest = events.newestMillisOfOthers(RuleSender.ID);
      if (newest.isPresent()) {
        trigger(loaded, rule, newest.getAsLong(), events, null);
      }
    };
  }

  /** Something new for a rule. */
  private void trigger(
      LoadedGroup loaded,
      int rule,
      long newestMillis,
      @Nullable AppendedEvents events,
      @Nullable String correlationId) {
    long millis = newestMillis + loaded.group.queryOffsetMillis();
    long now = clock.millis();
    loaded.triggers.add(rule, millis, now, events, correlationId);
    if (millis > now) {
      arm(loaded, millis);
    } else {
      wake(loaded, rule);
    }
  }

  /** Something has come for a rule: it is looked at as soon as may be. */
  private void wake(LoadedGroup loaded, int rule) {
    if (!loaded.stopped) {
      turns.add(loaded.turns.get(rule));
    }
  }

  /**
   * The same, at a time of the clock; within a second in any case where that is awaited already.
   */
  private void arm(LoadedGroup loaded, long millis) {
    if (loaded.armed.compareAndSet(false, true)) {
      boolean awaited = false;
      try {
        var _ =
            at(
                Math.min(millis, clock.millis() + LOOK_AGAIN_MILLIS),
                () -> {
                  loaded.armed.set(false);
                  lookAgain(loaded);
                });
        awaited = true;
      } finally {
        if (!awaited) { // for want of memory: whoever comes next tries it
          loaded.armed.set(false);
        }
      }
    }
  }

  /**
   * Evaluates some rules, and says for how long a processor worked, waiting for the disk being
   * none; 0 where another one has evaluated them or does.
   */
  private long evaluateNow(LoadedGroup loaded, BitSet some) {
    if (!loaded.evaluating.tryLock()) {
      return 0; // whoever evaluates looks at the triggers when done
    }
    long before = THREADS.getCurrentThreadCpuTime();
    boolean evaluated = false;
    try {
      Triggers.Drained cause = loaded.triggers.drain(some, clock.millis());
      if (!loaded.stopped && !cause.rules().isEmpty()) {
        loaded.atOnce.increment();
        counters.atOnce.increment();
        BitSet rules = layout.withReadersBehind(loaded, cause.rules());
        evaluate(loaded, rules, cause.dueMillis(), Writing.CHANGES, cause);
        evaluated = true;
      }
    } finally {
      loaded.evaluating.unlock();
    }
    lookAgain(loaded);
    return !evaluated ? 0 : THREADS.getCurrentThreadCpuTime() - before;
  }

  private void lookAgain(LoadedGroup loaded) {
    if (loaded.stopped) {
      return;
    }
    long now = clock.millis();
    loaded.triggers.rulesDueAt(now).stream().forEach(rule -> wake(loaded, rule));
    long next = loaded.triggers.nextDueAfter(now);
    if (next != AlertInstance.NEVER) {
      arm(loaded, next);
    }
  }

  /**
   * Waits for the next slot behind one. Tries until it is done where memory is missing: without a
   * next slot the group would end.
   */
  private void awaitNext(LoadedGroup loaded, long slotMillis) {
    while (!loaded.stopped) {
      try {
        long next = loaded.slots.next(slotMillis, clock.millis());
        var _ = at(next, () -> beginSlot(loaded, next));
        return;
      } catch (OutOfMemoryError e) {
        counters.failed.increment();
        LockSupport.parkNanos(MEMORY_PAUSE_NANOS);
      }
    }
  }

  /** The same, on the timer's thread. */
  private void beginSlot(LoadedGroup loaded, long slotMillis) {
    while (!loaded.stopped) {
      try {
        execute(intervals, () -> evaluateSlot(loaded, slotMillis));
        return;
      } catch (OutOfMemoryError e) {
        counters.failed.increment();
        LockSupport.parkNanos(MEMORY_PAUSE_NANOS);
      }
    }
  }

  /** Whatever happens in a slot, the next one comes. */
  private void evaluateSlot(LoadedGroup loaded, long slotMillis) {
    long slot = slotMillis;
    try {
      slot = takeSlot(loaded, slotMillis);
      lookAgain(loaded);
    } catch (RuntimeException | Error e) {
      failed(loaded, e);
    } finally { // it may have failed to say so
      if (!loaded.stopped) {
        awaitNext(loaded, slot);
      }
    }
  }

  /** Evaluates a group at its slot, or at the last one where some were missed; which that was. */
  private long takeSlot(LoadedGroup loaded, long slotMillis) {
    long slot = slotMillis;
    loaded.evaluating.lock();
    try {
      if (loaded.stopped) {
        return slot;
      }
      long missed = loaded.slots.missed(slot, clock.millis());
      if (missed > 0) {
        slot += missed * loaded.slots.intervalMillis();
        loaded.missed.add(missed);
        counters.missed.add(missed);
        LOG.warn(
            "group {} has missed {} of its evaluations: each takes too long, or the machine is"
                + " overloaded",
            loaded.group.key(),
            missed);
      }
      loaded.intervals.increment();
      counters.intervals.increment();
      evaluate(loaded, null, slot, Writing.ALL, loaded.triggers.drain(null, slot));
      return slot;
    } finally {
      loaded.evaluating.unlock();
    }
  }

  /**
   * Evaluates every rule of a group now.
   *
   * @param correlationId what changes are owed to that no push explains
   * @return null where the group is not loaded any more, or the evaluation failed
   */
  @Nullable GroupResult evaluateAll(LoadedGroup loaded, String correlationId) {
    GroupResult result = null;
    loaded.evaluating.lock();
    try {
      if (!loaded.stopped) {
        long now = clock.millis();
        Triggers.Drained cause = loaded.triggers.drain(null, now).askedBy(correlationId);
        result = evaluate(loaded, null, now, Writing.ALL, cause);
      }
    } finally {
      loaded.evaluating.unlock();
    }
    lookAgain(loaded);
    return result;
  }

  /** The caller holds the group's lock. */
  private @Nullable GroupResult evaluate(
      LoadedGroup loaded,
      @Nullable BitSet rules,
      long dueMillis,
      Writing writing,
      Triggers.Drained cause) {
    try {
      List<Labels> ended = loaded.state.ended();
      GroupResult result = run.run(loaded, rules, dueMillis, writing, cause);
      setTimer(loaded);
      wakeReaders(loaded, rules, result, cause);
      wakeReadersOf(ended, result, cause);
      return result;
    } catch (RuntimeException | Error e) {
      failed(loaded, e);
      return null;
    }
  }

  private void failed(LoadedGroup loaded, Throwable fault) {
    counters.failed.increment();
    LOG.error("the evaluation of group {} failed", loaded.group.key(), fault);
  }

  /** Those who read what was written and were not evaluated after it. */
  private void wakeReaders(
      LoadedGroup loaded, @Nullable BitSet rules, GroupResult result, Triggers.Drained cause) {
    Layout now = layout;
    for (RuleOutcome outcome : result.outcomes()) {
      if (outcome.wrote()) {
        now.forEachReader(
            loaded,
            outcome.rule(),
            (reader, place) -> {
              boolean evaluated =
                  reader == loaded && place > outcome.rule() && (rules == null || rules.get(place));
              if (!evaluated) {
                trigger(reader, place, result.atMillis(), null, cause.event());
              }
            });
      }
    }
  }

  /** Those who read series of rules that are gone, which have been ended behind all others. */
  private void wakeReadersOf(List<Labels> ended, GroupResult result, Triggers.Drained cause) {
    if (!ended.isEmpty()) {
      layout.forEachReaderOf(
          ended, (reader, place) -> trigger(reader, place, result.atMillis(), null, cause.event()));
    }
  }

  /** Wakes the group when the next {@code for} or {@code keep_firing_for} runs out. */
  private void setTimer(LoadedGroup loaded) {
    if (loaded.timer != null) {
      loaded.timer.cancel(false);
      loaded.timer = null;
    }
    AlertDeadlines deadlines = AlertDeadlines.of(loaded.group, loaded.state);
    if (!deadlines.isEmpty()) {
      long due = deadlines.nextMillis();
      loaded.timer =
          at(
              due,
              () -> {
                deadlines.rules().stream()
                    .forEach(rule -> {
                      loaded.triggers.add(rule, due, clock.millis(), null, null);
                      wake(loaded, rule);
                    });
              });
    }
  }

  private @Nullable ScheduledFuture<?> at(long millis, Runnable task) {
    return after(TimeUnit.MILLISECONDS.toNanos(millis - clock.millis()), task);
  }

  private @Nullable ScheduledFuture<?> after(long nanos, Runnable task) {
    try {
      return timer.schedule(task, Math.max(0, nanos), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      return null; // stopping
    }
  }

  private static void execute(ThreadPoolExecutor pool, Runnable task) {
    try {
      pool.execute(task);
    } catch (RejectedExecutionException e) {
      LOG.debug("stopping: nothing is evaluated any more");
    }
  }

  /** Begins no more evaluations and waits for those that run. */
  @Override
  public void close() {
    timer.shutdownNow();
    synchronized (loadLock) {
      head.rewatch(List.copyOf(watches.values()), List.of());
      watches = Map.of();
      groups().forEach(loaded -> loaded.stopped = true);
    }
    intervals.shutdown();
    turns.close();
    try {
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(FINISH_SECONDS);
      boolean ended = intervals.awaitTermination(until - System.nanoTime(), TimeUnit.NANOSECONDS);
      ended &= turns.awaitEnd(until - System.nanoTime());
      if (!ended) {
        LOG.warn("an evaluation of rules was not waited for");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
