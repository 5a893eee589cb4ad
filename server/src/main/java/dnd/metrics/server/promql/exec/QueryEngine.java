package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.SeriesSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Evaluates PromQL: parse, plan, operators. Every query has a deadline, is listed while it runs and
 * can be cancelled by its id. Safe for use by several threads; a query runs on its caller's thread.
 */
public final class QueryEngine {
  private final EngineOptions options;
  private final ConcurrentHashMap<String, RunningQuery> running = new ConcurrentHashMap<>();

  public QueryEngine(EngineOptions options) {
    this.options = options;
  }

  /**
   * The value of {@code query} at one time.
   *
   * @throws QueryException where there is none
   */
  public QueryResult instant(
      SeriesSource source, String query, long atMillis, QueryOptions queryOptions) {
    String reason = "queries are not evaluated yet";
    throw new QueryException(QueryException.Type.INTERNAL, reason);
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
    String reason = "queries are not evaluated yet";
    throw new QueryException(QueryException.Type.INTERNAL, reason);
  }

  /** The plan of {@code query} as an indented text tree, rewritten as it would be run. */
  public String explain(
      String query, long startMillis, long endMillis, long stepMillis, QueryOptions queryOptions) {
    String reason = "queries are not planned yet";
    throw new QueryException(QueryException.Type.INTERNAL, reason);
  }

  /** The queries that run now, oldest first. */
  public List<RunningQuery> running() {
    return running.values().stream()
        .sorted(java.util.Comparator.comparingLong(RunningQuery::startedMillis))
        .toList();
  }

  /** Cancels the query with this id; it ends within some 50 ms. Empty where none runs. */
  public Optional<RunningQuery> cancel(String id) {
    return Optional.ofNullable(running.get(id));
  }

  EngineOptions options() {
    return options;
  }
}
