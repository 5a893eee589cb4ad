package dnd.metrics.server.promql.exec;

import java.util.List;

/**
 * What one query cost.
 *
 * @param seriesRead series that the selectors found
 * @param samplesRead samples that were read, stale markers included
 * @param peakBytes the most memory that the query's tracker counted at once
 * @param parseNanos time to parse and check the text
 * @param planNanos time to plan and rewrite
 * @param executeNanos time to evaluate
 * @param operators what each operator of the plan cost; empty where that was not asked for
 */
public record QueryStatistics(
    long seriesRead,
    long samplesRead,
    long peakBytes,
    long parseNanos,
    long planNanos,
    long executeNanos,
    List<OperatorCost> operators) {
  public QueryStatistics {
    operators = List.copyOf(operators);
  }
}
