package dnd.metrics.server.query;

import dnd.metrics.events.QueryEvent;
import dnd.metrics.server.model.SeriesSource;
import dnd.metrics.server.promql.exec.Annotations;
import dnd.metrics.server.promql.exec.QueryException;
import dnd.metrics.server.promql.exec.QueryOptions;
import dnd.metrics.server.promql.exec.QueryResult;
import dnd.metrics.server.promql.exec.QueryValue;
import dnd.metrics.server.promql.exec.QueryValue.MatrixValue;
import dnd.metrics.server.promql.exec.QueryValue.VectorValue;
import dnd.metrics.server.promql.parse.ParseException;
import dnd.metrics.server.promql.parse.Parser;
import dnd.metrics.server.promql.parse.ParserOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One query event from its reception to its answer. It is run once; cancelled from any thread. */
final class QueryJob implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(QueryJob.class);

  private final QueryContext context;
  private final Asker asker;
  private final QueryEvent event;
  private final String id;
  private final long receivedMillis;
  private volatile boolean canceled;
  private volatile boolean done;

  QueryJob(QueryContext context, Asker asker, QueryEvent event, String id) {
    this.context = context;
    this.asker = asker;
    this.event = event;
    this.id = id;
    this.receivedMillis = context.clock().millis();
  }

  Asker asker() {
    return asker;
  }

  boolean isDone() {
    return done;
  }

  /** Stops it where it is: in the queue, in evaluation, or between two parts of its answer. */
  void cancel() {
    canceled = true;
    context.engine().cancel(id);
  }

  @Override
  public void run() {
    try {
      answer();
    } catch (QueryException e) {
      fail(e);
    } catch (OutOfMemoryError e) {
      LOG.error("out of memory in query {} of {}", event.query(), asker.service(), e);
      context.answers().error(asker, ErrorAnswer.outOfMemory());
    } catch (RuntimeException | StackOverflowError e) {
      LOG.error("query {} of {} failed", event.query(), asker.service(), e);
      context.answers().error(asker, ErrorAnswer.internal());
    } finally {
      done = true;
      context.running().remove(this);
    }
  }

  private void answer() {
    if (canceled) {
      context.answers().error(asker, ErrorAnswer.canceled("query queue"));
      return;
    }
    long waited = context.clock().millis() - receivedMillis;
    long left = timeoutMillis() - waited;
    if (left <= 0) {
      context.answers().error(asker, ErrorAnswer.timedOutInQueue());
      return;
    }
    if (asker.replyTo() != null && !context.hub().hasInterest(asker.replyTo())) {
      LOG.debug("{} no longer waits for {}", asker.service(), asker);
      return;
    }
    QueryResult result = evaluate(left);
    Annotations annotations = result.annotations();
    QueryValue value = result.value();
    if (event.limit() > 0 && size(value) > event.limit()) {
      value = truncate(value, event.limit());
      List<String> warnings = new ArrayList<>(annotations.warnings());
      warnings.add("results truncated due to limit");
      annotations = new Annotations(warnings, annotations.infos());
    }
    byte[] foot = Answers.foot(annotations, event.stats() ? result.statistics() : null);
    QueryValue written = value;
    context
        .answers()
        .send(
            asker,
            event.parts(),
            () -> canceled,
            foot,
            stream -> new ValueWriter().write(written, stream));
  }

  private QueryResult evaluate(long leftMillis) {
    QueryOptions standard = QueryOptions.defaults();
    Long lookback = event.lookbackMillis();
    QueryOptions options =
        new QueryOptions(
            Optional.of(id),
            leftMillis,
            lookback == null ? 0 : lookback,
            standard.memoryLimitBytes(),
            standard.sampleLimit(),
            standard.delayedNameRemoval(),
            standard.startTimestamps());
    SeriesSource source = new CancelableSource(context.source(), () -> canceled);
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
    ErrorAnswer error = ErrorAnswer.of(e);
    if (e.type() == QueryException.Type.BAD_DATA) {
      error = withPosition(error);
    }
    context.answers().error(asker, error);
  }

  /** Adds where the query is wrong, which the engine's error has in words only. */
  private ErrorAnswer withPosition(ErrorAnswer error) {
    try {
      Parser.parse(event.query(), ParserOptions.ALL);
      return error;
    } catch (ParseException e) {
      return error.at(e.position());
    }
  }

  private static int size(QueryValue value) {
    return switch (value) {
      case VectorValue vector -> vector.samples().size();
      case MatrixValue matrix -> matrix.series().size();
      case QueryValue.ScalarValue scalar -> 0;
      case QueryValue.StringValue string -> 0;
    };
  }

  private static QueryValue truncate(QueryValue value, int limit) {
    return switch (value) {
      case VectorValue vector -> new VectorValue(vector.samples().subList(0, limit));
      case MatrixValue matrix -> new MatrixValue(matrix.series().subList(0, limit));
      case QueryValue.ScalarValue scalar -> scalar;
      case QueryValue.StringValue string -> string;
    };
  }
}
