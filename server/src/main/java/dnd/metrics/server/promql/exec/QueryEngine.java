package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Downsampling;
import dnd.metrics.server.model.SeriesSource;
import dnd.metrics.server.model.SeriesView;
import dnd.metrics.server.model.UnreadableSamplesException;
import dnd.metrics.server.promql.parse.DurationException;
import dnd.metrics.server.promql.parse.Expr;
import dnd.metrics.server.promql.parse.ParseException;
import dnd.metrics.server.promql.parse.Parser;
import dnd.metrics.server.promql.parse.ParserOptions;
import dnd.metrics.server.promql.parse.PositionRange;
import dnd.metrics.server.promql.parse.ValueType;
import dnd.metrics.server.promql.plan.Plan;
import dnd.metrics.server.promql.plan.PlanText;
import dnd.metrics.server.promql.plan.Planner;
import dnd.metrics.server.promql.plan.QueryTimes;
import dnd.metrics.server.promql.plan.RangePlan;
import dnd.metrics.server.promql.plan.TooManyStepsException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates PromQL: parse, plan, operators. Every query has a deadline, is listed while it runs and
 * can be cancelled by its id. Safe for use by several threads; a query runs on its caller's thread.
 */
public final class QueryEngine {
  private record Running(
      String id,
      String query,
      long startedMillis,
      Cancellation cancellation,
      MemoryTracker memory,
      ReadCounts counts) {
    RunningQuery listed() {
      return new RunningQuery(
          id,
          query,
          startedMillis,
          counts.series(),
          counts.samples(),
          memory.heldBytes(),
          memory.peakBytes());
    }
  }

  private final EngineOptions options;
  private final ConcurrentHashMap<String, Running> running = new ConcurrentHashMap<>();
  private final AtomicLong heldBytes = new AtomicLong();
  private final AtomicLong lastingBytes = new AtomicLong();
  private final AtomicLong nextId = new AtomicLong();
  private final HelperThreads helpers;

  public QueryEngine(EngineOptions options) {
    this(options, HelperThreads.ofThisMachine());
  }

  QueryEngine(EngineOptions options, HelperThreads helpers) {
    this.options = options;
    this.helpers = helpers;
  }

  /**
   * The value of {@code query} at one time.
   *
   * @throws QueryException where there is none
   */
  public QueryResult instant(
      SeriesSource source, String query, long atMillis, QueryOptions queryOptions) {
    return run(source, query, null, QueryTimes.instant(atMillis), queryOptions);
  }

  /**
   * The same of a query that is asked again and again, and therefore parsed beforehand.
   *
   * @param parsed {@code query} parsed with {@link ParserOptions#ALL}
   */
  public QueryResult instant(
      SeriesSource source, String query, Expr parsed, long atMillis, QueryOptions queryOptions) {
    return run(source, query, parsed, QueryTimes.instant(atMillis), queryOptions);
  }

  /**
   * The values of {@code query} from {@code startMillis} to {@code endMillis}, both included, every
   * {@code stepMillis}; always a {@link QueryValue.MatrixValue}.
   *
   * @throws QueryException where there are none
   */
  public QueryResult range(
      SeriesSource source,
      String query,
      long startMillis,
      long endMillis,
      long stepMillis,
      QueryOptions queryOptions) {
    if (stepMillis <= 0) {
      throw new QueryException(
          QueryException.Type.BAD_DATA,
          "zero or negative query resolution step widths are not accepted. Try a positive integer");
    }
    QueryTimes times = new QueryTimes(startMillis, endMillis, stepMillis);
    return run(source, query, null, times, queryOptions);
  }

  /**
   * The plan of {@code query} as an indented text tree, rewritten as it would be run; of an instant
   * query where {@code stepMillis} is 0.
   *
   * @throws QueryException where the query is wrong
   */
  public String explain(
      String query, long startMillis, long endMillis, long stepMillis, QueryOptions queryOptions) {
    QueryTimes times = new QueryTimes(startMillis, endMillis, stepMillis);
    return PlanText.print(plan(parse(query, times), times, lookback(queryOptions)));
  }

  /**
   * What {@code query} reads when it is evaluated in that range, or at one time where {@code
   * stepMillis} is 0.
   *
   * @throws QueryException where the query is wrong
   */
  public QueryReads reads(
      String query, long startMillis, long endMillis, long stepMillis, QueryOptions queryOptions) {
    QueryTimes times = new QueryTimes(startMillis, endMillis, stepMillis);
    Expr expr = parse(query, times);
    Plan plan = plan(expr, times, lookback(queryOptions));
    return QueryReads.of(plan, times, !asksForItsTimes(expr, times));
  }

  /** Whether start, end and range of the query itself stand in the expression. */
  private boolean asksForItsTimes(Expr expr, QueryTimes times) {
    long span = times.endMillis() - times.startMillis();
    QueryTimes other =
        new QueryTimes(
            times.startMillis() - span - 60_000, times.endMillis() - 60_000, times.stepMillis());
    try {
      Plan here = Planner.plan(expr, times, options.subqueryStepMillis());
      Plan there = Planner.plan(expr, other, options.subqueryStepMillis());
      return !PlanText.print(here).equals(PlanText.print(there));
    } catch (DurationException e) {
      return true; // a duration that is none in the other range: it does depend on it
    }
  }

  /** Holds nothing yet; for answers, which their queries have had room for. */
  public HeldMemory answerMemory() {
    return new HeldMemory(heldBytes, options.totalMemoryBytes(), new AtomicLong(), Long.MAX_VALUE);
  }

  /**
   * Holds nothing yet; for what lasts, of which all together may hold a half of what queries may.
   */
  public HeldMemory lastingMemory() {
    long total = options.totalMemoryBytes();
    return new HeldMemory(heldBytes, total, lastingBytes, total / 2);
  }

  /** What queries that run, answers that are sent and what lasts hold together. */
  public long heldBytes() {
    return heldBytes.get();
  }

  /** The queries that run now, oldest first. */
  public List<RunningQuery> running() {
    return running.values().stream()
        .map(Running::listed)
        .sorted(Comparator.comparingLong(RunningQuery::startedMillis))
        .toList();
  }

  /** What the query with this id has read and holds; empty where none runs. */
  public Optional<RunningQuery> running(String id) {
    return Optional.ofNullable(running.get(id)).map(Running::listed);
  }

  /** Cancels the query with this id; it ends within some 50 ms. Empty where none runs. */
  public Optional<RunningQuery> cancel(String id) {
    Running found = running.get(id);
    if (found == null) {
      return Optional.empty();
    }
    found.cancellation().cancel();
    return Optional.of(found.listed());
  }

  /**
   * Begins a search for series that is not a query's, under the limits of one. It is listed and
   * holds what it counts until the caller closes it.
   *
   * @param what is listed in the place of a query's text
   * @throws QueryException where one with this id runs
   */
  public SeriesSearch search(String id, String what, long timeoutMillis) {
    long deadlineNanos = System.nanoTime() + timeoutMillis * 1_000_000;
    Cancellation cancellation = new Cancellation(deadlineNanos, "the search for series");
    MemoryTracker memory =
        new MemoryTracker(
            options.queryMemoryBytes(),
            options.sampleLimit(),
            heldBytes,
            options.totalMemoryBytes());
    ReadCounts counts = new ReadCounts();
    list(new Running(id, what, options.clock().millis(), cancellation, memory, counts));
    return new SeriesSearch(cancellation, memory, counts, () -> running.remove(id));
  }

  private void list(Running self) {
    if (running.putIfAbsent(self.id(), self) != null) {
      throw new QueryException(
          QueryException.Type.BAD_DATA, "a query with the id \"" + self.id() + "\" is running");
    }
  }

  private long lookback(QueryOptions queryOptions) {
    return queryOptions.lookbackMillis() > 0
        ? queryOptions.lookbackMillis()
        : options.lookbackMillis();
  }

  private static Expr parse(String query, QueryTimes times) {
    try {
      Expr expr = Parser.parse(query, ParserOptions.ALL);
      ValueType type = expr.type();
      if (times.stepMillis() != 0 && type != ValueType.VECTOR && type != ValueType.SCALAR) {
        throw new QueryException(
            QueryException.Type.BAD_DATA,
            "invalid expression type \""
                + type.documentedName()
                + "\" for range query, must be Scalar or instant Vector");
      }
      return expr;
    } catch (ParseException e) {
      throw badData(e);
    }
  }

  private static QueryException badData(RuntimeException e) {
    return new QueryException(QueryException.Type.BAD_DATA, String.valueOf(e.getMessage()), e);
  }

  private Plan plan(Expr expr, QueryTimes times, long lookbackMillis) {
    return plan(expr, times, lookbackMillis, List.of());
  }

  private Plan plan(
      Expr expr, QueryTimes times, long lookbackMillis, List<Long> resolutionsMillis) {
    try {
      return Planner.optimized(
          expr, times, options.subqueryStepMillis(), lookbackMillis, resolutionsMillis);
    } catch (DurationException e) {
      throw badData(e);
    } catch (TooManyStepsException e) {
      throw new QueryException(QueryException.Type.TOO_LARGE, String.valueOf(e.getMessage()), e);
    }
  }

  private QueryResult run(
      SeriesSource source,
      String query,
      @Nullable Expr parsedBefore,
      QueryTimes times,
      QueryOptions queryOptions) {
    long started = System.nanoTime();
    long timeoutMillis = orDefault(queryOptions.timeoutMillis(), options.timeoutMillis());
    Cancellation cancellation = new Cancellation(started + timeoutMillis * 1_000_000);
    String id = queryOptions.id().orElseGet(() -> "query-" + nextId.incrementAndGet());
    MemoryTracker memory =
        new MemoryTracker(
            orDefault(queryOptions.memoryLimitBytes(), options.queryMemoryBytes()),
            orDefault(queryOptions.sampleLimit(), options.sampleLimit()),
            heldBytes,
            options.totalMemoryBytes());
    ReadCounts counts = new ReadCounts();
    long startedMillis = options.clock().millis();
    Running self = new Running(id, query, startedMillis, cancellation, memory, counts);
    list(self);
    try (SeriesView view = source.view()) {
      Expr expr = parsedBefore == null ? parse(query, times) : parsedBefore;
      long parsed = System.nanoTime();
      Plan plan = plan(expr, times, lookback(queryOptions), view.resolutionsMillis());
      long planned = System.nanoTime();
      AnnotationCollector annotations = new AnnotationCollector();
      QueryContext context =
          new QueryContext(
              view,
              lookback(queryOptions),
              queryOptions.delayedNameRemoval(),
              queryOptions.startTimestamps(),
              annotations,
              memory,
              cancellation,
              counts,
              helpers,
              running.size() <= helpers.count(),
              queryOptions.measured());
      QueryValue value = evaluate(context, times, plan);
      tellOfDownsampled(plan, annotations);
      PositionRange whole = new PositionRange(0, query.length());
      view.standInsMillis()
          .forEach(resolution -> annotations.add(Annotation.standIns(resolution, whole)));
      QueryStatistics statistics =
          new QueryStatistics(
              counts.series(),
              counts.samples(),
              memory.peakBytes(),
              parsed - started,
              planned - parsed,
              System.nanoTime() - planned,
              context.measurements == null ? List.of() : context.measurements.of(plan));
      QueryResult result = new QueryResult(value, annotations.finish(query), statistics);
      queryOptions.heldIn().ifPresent(held -> held.takeOver(memory, value.heapBytes()));
      return result;
    } catch (UnreadableSamplesException e) {
      throw new QueryException(QueryException.Type.INTERNAL, String.valueOf(e.getMessage()), e);
    } finally {
      memory.close();
      running.remove(id);
    }
  }

  private static void tellOfDownsampled(Plan plan, AnnotationCollector annotations) {
    if (plan instanceof RangePlan range) {
      Downsampling downsampling = range.selection().downsampling();
      if (downsampling != null) {
        annotations.add(Annotation.downsampled(downsampling.resolutionMillis(), range.position()));
      }
    }
    plan.children().forEach(child -> tellOfDownsampled(child, annotations));
  }

  private static QueryValue evaluate(QueryContext context, QueryTimes times, Plan plan) {
    try {
      return new Evaluation(context, times).evaluate(plan);
    } finally {
      context.end();
    }
  }

  private static long orDefault(long value, long defaultValue) {
    return value > 0 ? value : defaultValue;
  }
}
