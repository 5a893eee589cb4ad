package dnd.metrics.server.query;

import dnd.metrics.server.promql.exec.QueryReads;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * When a live query is evaluated: turns soon after samples that it reads were collected, at its
 * next step, and otherwise every second, to see who still listens; whole answers as soon as
 * somebody waits for one, on a thread for queries. Never both at a time, and no thread waits for
 * the other: who comes second leaves, and who was first looks again when it is done. Safe for use
 * by several threads; its own lock guards when the next turn is.
 */
final class LiveTurns {
  private static final long LOOK_AFTER_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final QueryContext context;
  private final QueryThreads threads;
  private final ScheduledExecutorService scheduler;
  private final LiveQuery query;
  private final LivePace pace = new LivePace();
  private SeriesWatcher.@Nullable Watch watch;
  private @Nullable ScheduledFuture<?> next;
  private long nextNanos;
  private boolean over;

  /**
   * @param threads where whole answers are evaluated
   * @param scheduler where turns are taken
   * @param numbers of evaluations of all live queries
   */
  LiveTurns(
      QueryContext context,
      QueryThreads threads,
      ScheduledExecutorService scheduler,
      AtomicLong numbers,
      LiveKey key,
      QueryReads reads) {
    this.context = context;
    this.threads = threads;
    this.scheduler = scheduler;
    LiveEvaluation evaluation = new LiveEvaluation(context, key, numbers);
    this.query = new LiveQuery(context, key, reads, evaluation, this::wake);
  }

  LiveQuery query() {
    return query;
  }

  /** To be called once. */
  void begin(SeriesWatcher watcher) {
    watch = watcher.watch(query.reads().selectors(), query);
    plan(LOOK_AFTER_NANOS);
  }

  /** There are new samples. */
  private void wake() {
    plan(pace.delayNanos(System.nanoTime()));
  }

  private synchronized void plan(long delayNanos) {
    long at = System.nanoTime() + delayNanos;
    if (over || (next != null && nextNanos - at <= 0)) {
      return;
    }
    if (next != null) {
      next.cancel(false);
    }
    nextNanos = at;
    next = scheduler.schedule(this::turn, Math.max(0, delayNanos), TimeUnit.NANOSECONDS);
  }

  private void turn() {
    long started = System.nanoTime();
    boolean mayRun = pace.delayNanos(started) == 0;
    try {
      abandonThoseGone();
      if (mayRun) {
        query.turn();
      }
      seeToThoseWhoWait();
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      query.end(LiveFault.of(e, query.key().query()));
    } finally {
      if (mayRun) {
        pace.noteRun(started, System.nanoTime());
      }
      synchronized (this) {
        next = null;
      }
      planNext();
    }
  }

  private void planNext() {
    long untilDue = TimeUnit.MILLISECONDS.toNanos(query.dueMillis() - context.clock().millis() + 1);
    long least = pace.delayNanos(System.nanoTime());
    long wanted = query.hasNews() ? least : Math.max(least, untilDue);
    plan(Math.min(wanted, LOOK_AFTER_NANOS));
  }

  private void abandonThoseGone() {
    for (LiveAsker asker : query.askers()) {
      if (!asker.hasEnded() && asker.isGone()) {
        asker.abandon();
      }
    }
  }

  /** Where there is no thread for it, the next turn looks again. */
  private void seeToThoseWhoWait() {
    if (query.isWaitedFor() && !threads.submit(this::answerThoseWhoWait)) {
      plan(LOOK_AFTER_NANOS);
    }
  }

  /** Answers those who wait for the whole, on this thread. */
  void answerThoseWhoWait() {
    try {
      WholeAnswer whole = query.whole();
      if (whole == null) {
        return; // who is at it looks again
      }
      try {
        seeToThoseWhoWait(); // they wait for another one, or came meanwhile
      } finally {
        whole.send(threads);
      }
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      query.end(LiveFault.of(e, query.key().query()));
    }
  }

  /** Nobody asks it any more. */
  void end() {
    synchronized (this) {
      over = true;
      if (next != null) {
        next.cancel(false);
      }
      if (watch != null) {
        watch.close();
      }
    }
    query.stop();
  }
}
