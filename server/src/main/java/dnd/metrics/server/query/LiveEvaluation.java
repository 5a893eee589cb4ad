package dnd.metrics.server.query;

import dnd.metrics.server.promql.exec.HeldMemory;
import dnd.metrics.server.promql.exec.QueryException;
import dnd.metrics.server.promql.exec.QueryOptions;
import dnd.metrics.server.promql.exec.QueryResult;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Evaluates one live query again and again, and adds up what that reads. One evaluation at a time;
 * the figures and {@link #cancel} are safe for use by several threads.
 */
final class LiveEvaluation {
  private final QueryContext context;
  private final LiveKey key;
  private final AtomicLong numbers;
  private final AtomicLong samplesRead = new AtomicLong();
  private final AtomicLong seriesRead = new AtomicLong();
  private volatile long peakBytes;
  private volatile String id = "";

  /**
   * @param numbers of evaluations of all live queries
   */
  LiveEvaluation(QueryContext context, LiveKey key, AtomicLong numbers) {
    this.context = context;
    this.key = key;
    this.numbers = numbers;
  }

  /**
   * Its value at the steps in between, or at {@code toMillis} where it is an instant query.
   *
   * @param held what holds the result's memory
   * @throws QueryException where there is none
   */
  QueryResult evaluate(long fromMillis, long toMillis, HeldMemory held) {
    String current = "live/" + numbers.incrementAndGet();
    id = current;
    QueryOptions options =
        QueryOptions.defaults()
            .withId(current)
            .withTimeoutMillis(context.limits().timeoutMillis())
            .withLookbackMillis(key.lookbackMillis())
            .withHeldIn(held);
    LiveSteps steps = key.steps();
    QueryResult result =
        steps == null
            ? context.engine().instant(context.source(), key.query(), toMillis, options)
            : context
                .engine()
                .range(
                    context.source(),
                    key.query(),
                    fromMillis,
                    toMillis,
                    steps.stepMillis(),
                    options);
    samplesRead.addAndGet(result.statistics().samplesRead());
    seriesRead.addAndGet(result.statistics().seriesRead());
    peakBytes = Math.max(peakBytes, result.statistics().peakBytes());
    return ResultLimit.cutSorted(result, key.limit());
  }

  /** Stops the evaluation that runs, if one does. */
  void cancel() {
    context.engine().cancel(id);
  }

  long samplesRead() {
    return samplesRead.get();
  }

  long seriesRead() {
    return seriesRead.get();
  }

  long peakBytes() {
    return peakBytes;
  }
}
