package dnd.metrics.server.query;

/**
 * What all askers together, and one query, may use.
 *
 * @param maxRunning how many queries are evaluated at one time
 * @param maxQueued how many more may wait for their turn before they are refused
 * @param timeoutMillis how long a query may take that names no timeout, waiting included
 * @param maxTimeoutMillis the longest timeout that a query may name
 * @param maxSteps the most steps of a range query
 */
public record QueryLimits(
    int maxRunning, int maxQueued, long timeoutMillis, long maxTimeoutMillis, int maxSteps) {
  /** Prometheus's 20 queries, 2 minutes at most and 11 000 steps; 30 s where none are asked for. */
  public static final QueryLimits DEFAULT = new QueryLimits(20, 1000, 30_000, 120_000, 11_000);

  public QueryLimits {
    if (maxRunning < 1 || maxQueued < 1 || maxSteps < 1) {
      throw new IllegalArgumentException("limits must leave room");
    }
    if (timeoutMillis < 1 || maxTimeoutMillis < timeoutMillis) {
      throw new IllegalArgumentException(
          "timeouts must be above 0, the longest not below the usual");
    }
  }
}
