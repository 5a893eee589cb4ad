package dnd.metrics.server.query;

import dnd.metrics.events.QueryEvent;
import dnd.metrics.server.model.PatientSource;
import dnd.metrics.server.model.SeriesSource;
import dnd.metrics.server.promql.exec.HeldMemory;
import dnd.metrics.server.promql.exec.QueryException;
import dnd.metrics.server.promql.exec.QueryOptions;
import dnd.metrics.server.promql.exec.QueryResult;
import dnd.metrics.server.promql.exec.QueryStatistics;
import dnd.metrics.server.promql.exec.QueryValue;
import dnd.metrics.server.promql.exec.RunningQuery;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One query event from its reception to its answer. It is run once; stopped from any thread. */
final class QueryJob implements Runnable, OpenQuery {
  private static final Logger LOG = LoggerFactory.getLogger(QueryJob.class);

  /** What a client asks for after a quick query, be it to cancel it, waits as long. */
  private static final long LONGEST_QUICK_MILLIS = 5;

  private final QueryContext context;
  private final Asker asker;
  private final QueryEvent event;
  private final String id;
  private final boolean explain;
  private final long receivedMillis;
  private final long receivedNanos = System.nanoTime();
  private volatile boolean canceled;
  private volatile boolean abandoned;
  private volatile QueryEntry.State state = QueryEntry.State.QUEUED;
  private volatile @Nullable QueryStatistics statistics;

  /** Holds the answer while it is sent. */
  private volatile @Nullable HeldMemory memory;

  /**
   * @param explain whether the answer is to say what each operator cost
   */
  QueryJob(QueryContext context, Asker asker, QueryEvent event, String id, boolean explain) {
    this.context = context;
    this.asker = asker;
    this.event = event;
    this.id = id;
    this.explain = explain;
    this.receivedMillis = context.clock().millis();
  }

  @Override
  public Asker asker() {
    return asker;
  }

  /** Stops it where it is: in the queue, in evaluation, or between two parts of its answer. */
  @Override
  public void cancel() {
    canceled = true;
    context.engine().cancel(id);
  }

  @Override
  public void abandon() {
    abandoned = true;
    cancel();
  }

  @Override
  public QueryEntry entry(long nowMillis) {
    QueryStatistics read = statistics;
    RunningQuery running = context.engine().running(id).orElse(null);
    HeldMemory held = memory;
    return new QueryEntry(
        asker,
        event.query(),
        state,
        receivedMillis,
        read != null ? read.samplesRead() : running == null ? 0 : running.samplesRead(),
        read != null ? read.seriesRead() : running == null ? 0 : running.seriesRead(),
        running != null ? running.heldBytes() : held == null ? 0 : held.bytes(),
        read != null ? read.peakBytes() : running == null ? 0 : running.peakBytes());
  }

  @Override
  public void run() {
    run(false);
  }

  /**
   * Answers where that takes next to no time.
   *
   * @throws NotQuickException where it does not; nothing has happened then
   */
  void runQuickly() {
    run(true);
  }

  private void run(boolean quickly) {
    String outcome = QueryFigures.INTERNAL;
    boolean hasEnded = true;
    try {
      outcome = answer(quickly);
    } catch (NotQuickException e) {
      state = QueryEntry.State.QUEUED;
      hasEnded = false;
      throw e;
    } catch (QueryException e) {
      outcome = abandoned ? QueryFigures.ABANDONED : QueryFigures.outcome(e.type());
      fail(e);
    } catch (OutOfMemoryError e) {
      LOG.error("out of memory in query {} of {}", event.query(), asker.service(), e);
      context.answers().error(asker, ErrorAnswer.outOfMemory());
    } catch (RuntimeException | StackOverflowError e) {
      LOG.error("query {} of {} failed", event.query(), asker.service(), e);
      context.answers().error(asker, ErrorAnswer.internal());
    } finally {
      if (hasEnded) {
        context.running().remove(this);
        context.figures().ended(outcome, receivedNanos);
      }
    }
  }

  /** Returns how it ended, in the words of {@link QueryFigures}. */
  private String answer(boolean quickly) {
    if (abandoned) {
      return QueryFigures.ABANDONED;
    }
    if (canceled) {
      context.answers().error(asker, ErrorAnswer.canceled("query queue"));
      return QueryFigures.outcome(QueryException.Type.CANCELED);
    }
    long waited = context.clock().millis() - receivedMillis;
    long left = timeoutMillis() - waited;
    if (left <= 0) {
      context.answers().error(asker, ErrorAnswer.timedOutInQueue());
      return QueryFigures.outcome(QueryException.Type.TIMEOUT);
    }
    if (asker.replyTo() != null && !context.hub().hasInterest(asker.replyTo())) {
      LOG.debug("{} no longer waits for {}", asker.service(), asker);
      return QueryFigures.ABANDONED;
    }
    state = QueryEntry.State.RUNNING;
    try (HeldMemory held = context.engine().answerMemory()) {
      memory = held;
      return answer(quickly, left, held);
    }
  }

  private String answer(boolean quickly, long left, HeldMemory held) {
    QueryResult whole =
        quickly ? evaluateQuickly(left, held) : evaluate(patientSource(left), left, held);
    QueryResult result = ResultLimit.cut(whole, event.limit());
    QueryStatistics read = result.statistics();
    statistics = read;
    context.figures().read(read.samplesRead());
    state = QueryEntry.State.SENDING;
    byte[] foot = Answers.foot(result.annotations(), event.stats() || explain ? read : null);
    Delivery delivery =
        context
            .answers()
            .send(
                asker,
                event.parts(),
                () -> canceled,
                foot,
                stream -> new ValueWriter().write(result.value(), stream));
    return delivery == Delivery.TIMED_OUT
        ? QueryFigures.outcome(QueryException.Type.TIMEOUT)
        : QueryFigures.SUCCESS;
  }

  private SeriesSource patientSource(long leftMillis) {
    long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(leftMillis);
    return new PatientSource(context.source(), deadlineNanos, context.patient());
  }

  private QueryResult evaluateQuickly(long leftMillis, HeldMemory held) {
    QueryResult result;
    try {
      result =
          evaluate(
              QuickSource.of(context.source()), Math.min(leftMillis, LONGEST_QUICK_MILLIS), held);
    } catch (QueryException e) {
      if (e.type() == QueryException.Type.TIMEOUT && LONGEST_QUICK_MILLIS < leftMillis) {
        throw NotQuickException.tooMuch();
      }
      throw e;
    }
    if (isOfSamples(result)) {
      throw NotQuickException.tooMuch();
    }
    return result;
  }

  /** Whether samples as they were collected are the answer, of which there may be very many. */
  private boolean isOfSamples(QueryResult result) {
    return event.stepMillis() == null && result.value() instanceof QueryValue.MatrixValue;
  }

  private QueryResult evaluate(SeriesSource of, long leftMillis, HeldMemory held) {
    Long lookback = event.lookbackMillis();
    QueryOptions options =
        QueryOptions.defaults()
            .withId(id)
            .withTimeoutMillis(leftMillis)
            .withLookbackMillis(lookback == null ? 0 : lookback)
            .withMeasured(explain)
            .withHeldIn(held);
    SeriesSource source = new CancelableSource(of, () -> canceled);
    Long start = event.startMillis();
    Long end = event.endMillis();
    Long step = event.stepMillis();
    if (start != null && end != null && step != null) {
      return context.engine().range(source, event.query(), start, end, step, options);
    }
    Long time = event.timeMillis();
    long at = time == null ? context.clock().millis() : time;
    return context.engine().instant(source, event.query(), at, options);
  }

  private long timeoutMillis() {
    Long asked = event.timeoutMillis();
    QueryLimits limits = context.limits();
    return asked == null ? limits.timeoutMillis() : Math.min(asked, limits.maxTimeoutMillis());
  }

  private void fail(QueryException e) {
    if (e.type() == QueryException.Type.INTERNAL) {
      LOG.error("query {} of {} failed", event.query(), asker.service(), e);
    }
    if (abandoned) {
      LOG.debug("{} no longer waits for {}: stopped", asker.service(), asker);
      return;
    }
    context.answers().error(asker, ErrorAnswer.of(e).withPosition(event.query()));
  }
}
