package dnd.metrics.server.query;

import dnd.metrics.server.promql.exec.QueryOptions;
import dnd.metrics.server.promql.exec.QueryReads;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * All live queries: brings askers of the same query together. Safe for use by several threads. Its
 * lock guards which queries there are and who is in them; no evaluation runs and nothing is sent
 * under it. It may be taken within the lock of a query's turns or an asker's, and neither within
 * it.
 */
final class LiveQueries implements AutoCloseable {
  static final int MAX_ASKERS = 1000;

  /** Room for the deepest expression that the parser lets through. */
  private static final long STACK_BYTES = 8L << 20;

  private final QueryContext context;
  private final SeriesWatcher watcher;
  private final QueryThreads threads;
  private final ScheduledThreadPoolExecutor turns;
  private final Map<LiveKey, LiveTurns> queries = new HashMap<>();
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
    String query = asker.event().query();
    try {
      LiveTurns joined = join(asker);
      if (joined == null) {
        asker.end(ErrorAnswer.shuttingDown());
      } else {
        joined.answerThoseWhoWait();
      }
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      asker.end(LiveFault.of(e, query).withPosition(query));
    }
  }

  /** Brings it to those who ask the same; null where no more are taken in. */
  private @Nullable LiveTurns join(LiveAsker asker) {
    LiveKey key = LiveKey.of(asker.event());
    QueryReads reads = reads(key, asker);
    synchronized (this) {
      if (closed) {
        return null;
      }
      LiveTurns known = queries.get(key);
      LiveTurns joined = known == null ? begun(key, reads) : known;
      joined.query().askers().add(asker);
      asker.joins(joined.query());
      dropEnded(joined);
      return joined;
    }
  }

  private LiveTurns begun(LiveKey key, QueryReads reads) {
    LiveTurns fresh = new LiveTurns(context, threads, turns, numbers, key, reads);
    try {
      fresh.begin(watcher);
      queries.put(key, fresh);
      return fresh;
    } catch (RuntimeException | Error e) {
      fresh.end();
      throw e;
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
      LiveTurns turning = queries.get(query.key());
      if (turning != null && turning.query() == query) {
        dropEnded(turning);
      }
    }
  }

  /** Takes out the askers that ended, and the query when none is left. Guarded by this' lock. */
  private void dropEnded(LiveTurns turning) {
    LiveQuery query = turning.query();
    query.askers().removeIf(LiveAsker::hasEnded);
    if (query.askers().isEmpty() && queries.remove(query.key(), turning)) {
      turning.end();
    }
  }

  /** Ends all, telling their askers. */
  @Override
  public void close() {
    Map<LiveKey, LiveTurns> open;
    synchronized (this) {
      closed = true;
      open = Map.copyOf(queries);
    }
    open.values().forEach(turning -> turning.query().end(ErrorAnswer.shuttingDown()));
    turns.shutdownNow();
  }
}
