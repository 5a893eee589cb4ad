package dnd.metrics.server.promql.exec;

import java.time.InstantSource;

/**
 * The limits of a {@link QueryEngine}; what a query's own options leave open comes from here.
 *
 * @param timeoutMillis the longest a query may run
 * @param lookbackMillis how far an instant selector looks back
 * @param queryMemoryBytes the most memory one query may hold
 * @param totalMemoryBytes the most memory all running queries may hold together
 * @param sampleLimit the most samples one query may hold at once
 * @param subqueryStepMillis the step of subqueries that name none
 * @param clock the time, for the list of running queries
 */
public record EngineOptions(
    long timeoutMillis,
    long lookbackMillis,
    long queryMemoryBytes,
    long totalMemoryBytes,
    long sampleLimit,
    long subqueryStepMillis,
    InstantSource clock) {

  /** Prometheus's defaults: 2 min timeout, 5 min lookback, 50 million samples, 1 min substeps. */
  public static EngineOptions defaults() {
    long heapBytes = Runtime.getRuntime().maxMemory();
    return new EngineOptions(
        120_000, 300_000, heapBytes / 4, heapBytes / 2, 50_000_000, 60_000, InstantSource.system());
  }
}
