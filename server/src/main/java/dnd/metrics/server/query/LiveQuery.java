package dnd.metrics.server.query;

import dnd.metrics.server.head.AppendListener;
import dnd.metrics.server.head.AppendedEvents;
import dnd.metrics.server.promql.exec.QueryException;
import dnd.metrics.server.promql.exec.QueryOptions;
import dnd.metrics.server.promql.exec.QueryReads;
import dnd.metrics.server.promql.exec.QueryResult;
import dnd.metrics.server.promql.exec.QueryValue;
import dnd.metrics.server.promql.exec.QueryValue.MatrixValue;
import dnd.metrics.server.promql.exec.QueryValue.ScalarValue;
import dnd.metrics.server.promql.exec.QueryValue.StringValue;
import dnd.metrics.server.promql.exec.QueryValue.VectorValue;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One evaluation for all askers of the same live query. A turn evaluates what may have changed
 * since the last, and offers every asker what did; a new asker is answered between two turns, so
 * that the updates it gets go on from its answer. {@code turnLock} makes turns and answers
 * exclusive and guards what was told; the locks of askers are taken within it.
 */
final class LiveQuery implements AppendListener {
  private static final Logger LOG = LoggerFactory.getLogger(LiveQuery.class);
  private static final long CLEAN = Long.MAX_VALUE;

  /** The most points that are remembered as told. */
  private static final long MAX_POINTS = 10_000_000;

  private final QueryContext context;
  private final LiveKey key;
  private final QueryReads reads;
  private final Runnable onNews;
  private final Set<LiveAsker> askers = ConcurrentHashMap.newKeySet();
  private final AtomicLong dirtyFromMillis = new AtomicLong(CLEAN);
  private final ReentrantLock turnLock = new ReentrantLock();
  private final SentVector toldVector = new SentVector();
  private final @Nullable SentMatrix toldMatrix;
  private double toldScalar;
  private volatile boolean begun;
  private volatile long evaluatedMillis;
  private final AtomicLong samplesRead = new AtomicLong();
  private final AtomicLong seriesRead = new AtomicLong();
  private volatile long peakBytes;

  /**
   * @param reads what the query reads
   * @param onNews called when a turn is due soon, on the log's thread
   */
  LiveQuery(QueryContext context, LiveKey key, QueryReads reads, Runnable onNews) {
    this.context = context;
    this.key = key;
    this.reads = reads;
    this.onNews = onNews;
    LiveSteps steps = key.steps();
    this.toldMatrix = steps == null ? null : new SentMatrix(steps);
  }

  LiveKey key() {
    return key;
  }

  QueryReads reads() {
    return reads;
  }

  Set<LiveAsker> askers() {
    return askers;
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

  @Override
  public void appended(AppendedEvents events) {
    if (dirtyFromMillis.getAndAccumulate(events.oldestMillis(), Math::min) == CLEAN) {
      onNews.run();
    }
  }

  boolean hasNews() {
    return dirtyFromMillis.get() != CLEAN;
  }

  /** When it is to be evaluated though no samples come. */
  long dueMillis() {
    LiveSteps steps = key.steps();
    if (!begun) {
      return Long.MAX_VALUE; // the first answer comes when it comes
    }
    return steps == null || toldMatrix == null
        ? evaluatedMillis + key.everyMillis()
        : steps.timeMillis(toldMatrix.lastStep() + 1);
  }

  /**
   * The whole answer for one asker, from which its updates go on.
   *
   * @throws QueryException where there is none
   */
  QueryResult whole(LiveAsker asker) {
    turnLock.lock();
    try {
      long now = context.clock().millis();
      Long start = asker.event().startMillis();
      LiveSteps steps = key.steps();
      boolean first = !begun;
      if (first) {
        dirtyFromMillis.set(CLEAN);
      }
      QueryResult result;
      if (steps == null || start == null || toldMatrix == null) {
        result = evaluate(asker.id(), now, now);
      } else {
        long last = steps.lastUpTo(now);
        long from = steps.firstFrom(start);
        if (asker.isAnswered()) {
          from = Math.max(from, steps.oldestOf(last));
        }
        result = evaluate(asker.id(), steps.timeMillis(from), steps.timeMillis(last));
        if (first) {
          List<QueryValue.MatrixSeries> series = ((MatrixValue) result.value()).series();
          toldMatrix.advance(series, Math.max(from, steps.oldestOf(last)), last);
          requireRoom(toldMatrix);
        }
      }
      if (first) {
        switch (result.value()) {
          case VectorValue vector -> toldVector.advance(vector.samples());
          case ScalarValue scalar -> toldScalar = scalar.value();
          case MatrixValue matrix -> requireSteps();
          case StringValue string -> {}
        }
        begun = true;
        evaluatedMillis = now;
      }
      return result;
    } finally {
      turnLock.unlock();
    }
  }

  private void requireSteps() {
    if (key.steps() == null) {
      throw new QueryException(
          QueryException.Type.BAD_DATA,
          "a range vector cannot be asked for live; ask for an instant vector or a scalar");
    }
  }

  private static void requireRoom(SentMatrix told) {
    if (told.pointCount() > MAX_POINTS) {
      throw new QueryException(
          QueryException.Type.TOO_LARGE,
          "a live query remembers at most "
              + MAX_POINTS
              + " points: ask for fewer series, a shorter range or a longer step");
    }
  }

  /**
   * Evaluates what may have changed, and offers it.
   *
   * @param id the name under which the engine runs it
   * @throws QueryException where it cannot be evaluated
   */
  void turn(String id) {
    turnLock.lock();
    try {
      if (!begun) {
        return; // the first answer is still to come
      }
      long now = context.clock().millis();
      long dirtyFrom = dirtyFromMillis.getAndSet(CLEAN);
      LiveChange change =
          key.steps() == null || toldMatrix == null
              ? instantTurn(id, now, dirtyFrom != CLEAN)
              : rangeTurn(id, now, dirtyFrom, key.steps(), toldMatrix);
      if (change != null) {
        askers.forEach(asker -> asker.offer(change));
      }
    } finally {
      turnLock.unlock();
    }
  }

  private @Nullable LiveChange instantTurn(String id, long now, boolean dirty) {
    if (!dirty && now < dueMillis()) {
      return null;
    }
    QueryResult result = evaluate(id, now, now);
    evaluatedMillis = now;
    return switch (result.value()) {
      case VectorValue vector -> {
        SentVector.Change change = toldVector.advance(vector.samples());
        yield change.changed().isEmpty() && change.gone().isEmpty()
            ? null
            : LiveChange.of(change, now, result.annotations());
      }
      case ScalarValue scalar -> {
        boolean same = Double.compare(toldScalar, scalar.value()) == 0;
        toldScalar = scalar.value();
        yield same ? null : LiveChange.of(scalar, result.annotations());
      }
      case StringValue string -> null; // it never changes
      case MatrixValue matrix -> throw new IllegalStateException("a matrix at one time");
    };
  }

  private @Nullable LiveChange rangeTurn(
      String id, long now, long dirtyFrom, LiveSteps steps, SentMatrix told) {
    long last = steps.lastUpTo(now);
    if (last < told.lastStep()) {
      return null; // the clock was set back
    }
    long from = told.lastStep() + 1;
    long oldest = steps.oldestOf(last);
    if (!reads.movesWithSteps()) {
      from = dirtyFrom != CLEAN || from <= last ? oldest : from;
    } else if (dirtyFrom != CLEAN) {
      from = Math.min(from, steps.firstFrom(dirtyFrom - reads.aheadMillis()));
    }
    from = Math.max(from, oldest);
    if (from > last) {
      return null; // the samples belong to a step that is yet to come
    }
    QueryResult result = evaluate(id, steps.timeMillis(from), steps.timeMillis(last));
    evaluatedMillis = now;
    List<SentMatrix.SeriesChange> changes =
        told.advance(((MatrixValue) result.value()).series(), from, last);
    requireRoom(told);
    return changes.isEmpty() ? null : LiveChange.of(changes, now, result.annotations());
  }

  private QueryResult evaluate(String id, long fromMillis, long toMillis) {
    QueryOptions options =
        QueryOptions.defaults()
            .withId(id)
            .withTimeoutMillis(context.limits().timeoutMillis())
            .withLookbackMillis(key.lookbackMillis());
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

  /** Ends it for all. */
  void end(@Nullable ErrorAnswer reason) {
    if (reason != null) {
      LOG.debug("live query {} ends: {}", key.query(), reason.error());
    }
    askers.forEach(asker -> asker.end(reason));
  }
}
