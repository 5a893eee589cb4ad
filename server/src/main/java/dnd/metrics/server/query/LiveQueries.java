package dnd.metrics.server.query;

import dnd.metrics.server.promql.exec.QueryException;
import dnd.metrics.server.promql.exec.QueryOptions;
import dnd.metrics.server.promql.exec.QueryReads;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All live queries: brings askers of the same query together, and gives each query its turns: soon
 * after samples that it reads were collected, at its next step, and otherwise every second, to see
 * who still listens. Safe for use by several threads. Its lock guards which queries there are and
 * who is in them; no evaluation runs and nothing is sent under it. It may be taken within an
 * asker's lock, and no asker's lock within it.
 */
final class LiveQueries implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LiveQueries.class);
  static final int MAX_ASKERS = 1000;
  private static final long LOOK_AFTER_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Room for the deepest expression that the parser lets through. */
  private static final long STACK_BYTES = 8L << 20;

  private final QueryContext context;
  private final SeriesWatcher watcher;
  private final QueryThreads threads;
  private final ScheduledThreadPoolExecutor turns;
  private final Map<LiveKey, Turning> queries = new HashMap<>();
  private final AtomicLong numbers = new AtomicLong();
  private int askers;
  private boolean closed;

  /**
   * @param threads where whole answers are evaluated
   */
  LiveQueries(QueryContext context, SeriesWatcher watcher, QueryThreads threads) {
    this.context = context;
    this.watcher = watcher;
    this.threads = threads;
    this.turns =
        new ScheduledThreadPoolExecutor(
            Math.max(2, Runtime.getRuntime().availableProcessors()),
            Thread.ofPlatform().name("live-", 1).daemon().stackSize(STACK_BYTES).factory());
    turns.setRemoveOnCancelPolicy(true);
    turns.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /** A query and when its next turn is. Its own lock guards the latter. */
  private final class Turning {
    private final LiveQuery query;
    private final LivePace pace = new LivePace();
    private SeriesWatcher.@Nullable Watch watch;
    private @Nullable ScheduledFuture<?> next;
    private long nextNanos;
    private boolean over;

    Turning(LiveKey key, QueryReads reads) {
      query = new LiveQuery(context, key, reads, this::wake);
    }

    void begin() {
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
      next = turns.schedule(this::turn, Math.max(0, delayNanos), TimeUnit.NANOSECONDS);
    }

    private void turn() {
      long started = System.nanoTime();
      try {
        abandonThoseGone(query);
        if (pace.delayNanos(started) == 0) {
          query.turn("live/" + numbers.incrementAndGet());
        }
        answerThoseBehind();
      } catch (QueryException e) {
        query.end(ErrorAnswer.of(e));
      } catch (OutOfMemoryError e) {
        LOG.error("out of memory in live query {}", query.key().query(), e);
        query.end(ErrorAnswer.outOfMemory());
      } catch (RuntimeException | StackOverflowError e) {
        LOG.error("live query {} failed", query.key().query(), e);
        query.end(ErrorAnswer.internal());
      }
      pace.noteRun(started, System.nanoTime());
      synchronized (this) {
        next = null;
      }
      planNext();
    }

    private void planNext() {
      long untilDue =
          TimeUnit.MILLISECONDS.toNanos(query.dueMillis() - context.clock().millis() + 1);
      long least = pace.delayNanos(System.nanoTime());
      plan(query.hasNews() ? least : Math.max(least, Math.min(untilDue, LOOK_AFTER_NANOS)));
    }

    private void answerThoseBehind() {
      for (LiveAsker asker : query.askers()) {
        if (asker.wantsWhole() && !threads.submit(() -> answer(asker, query))) {
          asker.postpone();
        }
      }
    }

    synchronized void end() {
      over = true;
      if (next != null) {
        next.cancel(false);
      }
      if (watch != null) {
        watch.close();
      }
    }
  }

  /**
   * Takes an asker in, or says why not; then the asker is to be ended. The first answer comes from
   * another thread.
   */
  @Nullable ErrorAnswer ask(LiveAsker asker) {
    synchronized (this) {
      askers++;
      if (closed) {
        return ErrorAnswer.shuttingDown();
      }
      if (askers > MAX_ASKERS) {
        return ErrorAnswer.tooManyLive(MAX_ASKERS);
      }
    }
    return threads.submit(() -> begin(asker))
        ? null
        : ErrorAnswer.tooManyQueries(threads.waiting());
  }

  private void begin(LiveAsker asker) {
    if (asker.hasEnded()) {
      return;
    }
    try {
      answer(asker, join(asker));
    } catch (QueryException e) {
      asker.end(ErrorAnswer.of(e).withPosition(asker.event().query()));
    }
  }

  private void answer(LiveAsker asker, LiveQuery query) {
    try {
      asker.answer(query.whole(asker));
    } catch (QueryException e) {
      asker.end(ErrorAnswer.of(e));
    } catch (OutOfMemoryError e) {
      LOG.error("out of memory in live query {}", query.key().query(), e);
      asker.end(ErrorAnswer.outOfMemory());
    } catch (RuntimeException | StackOverflowError e) {
      LOG.error("live query {} failed", query.key().query(), e);
      asker.end(ErrorAnswer.internal());
    }
  }

  private LiveQuery join(LiveAsker asker) {
    LiveKey key = LiveKey.of(asker.event());
    QueryReads reads = reads(key, asker);
    synchronized (this) {
      Turning turning = queries.get(key);
      if (turning == null) {
        turning = new Turning(key, reads);
        queries.put(key, turning);
        turning.begin();
      }
      turning.query.askers().add(asker);
      asker.joins(turning.query);
      dropEnded(turning);
      return turning.query;
    }
  }

  private QueryReads reads(LiveKey key, LiveAsker asker) {
    long now = context.clock().millis();
    LiveSteps steps = key.steps();
    QueryOptions options = QueryOptions.defaults().withLookbackMillis(key.lookbackMillis());
    Long start = asker.event().startMillis();
    return steps == null || start == null
        ? context.engine().reads(key.query(), now, now, 0, options)
        : context
            .engine()
            .reads(key.query(), start, start + steps.widthMillis(), steps.stepMillis(), options);
  }

  /** Called by every asker once, when it is over. */
  synchronized void leave(LiveAsker asker) {
    askers--;
    LiveQuery query = asker.query();
    if (query != null) {
      Turning turning = queries.get(query.key());
      if (turning != null && turning.query == query) {
        dropEnded(turning);
      }
    }
  }

  private static void abandonThoseGone(LiveQuery query) {
    for (LiveAsker asker : query.askers()) {
      if (!asker.hasEnded() && asker.isGone()) {
        asker.abandon();
      }
    }
  }

  /** Takes out the askers that ended, and the query when none is left. Guarded by this' lock. */
  private void dropEnded(Turning turning) {
    turning.query.askers().removeIf(LiveAsker::hasEnded);
    if (turning.query.askers().isEmpty() && queries.remove(turning.query.key(), turning)) {
      turning.end();
    }
  }

  /** Ends all, telling their askers. */
  @Override
  public void close() {
    Map<LiveKey, Turning> open;
    synchronized (this) {
      closed = true;
      open = Map.copyOf(queries);
    }
    open.values().forEach(turning -> turning.query.end(ErrorAnswer.shuttingDown()));
    turns.shutdownNow();
  }
}
