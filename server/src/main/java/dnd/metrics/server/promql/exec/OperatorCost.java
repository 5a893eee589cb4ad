package dnd.metrics.server.promql.exec;

/**
 * What one operator of a plan did while the query ran.
 *
 * @param depth how many operators stand above it in the plan
 * @param operator as the plan prints it
 * @param nanos the time spent in it and in the operators below it
 * @param series how many series it returned
 * @param points how many points they had
 * @param samplesRead samples that it and the operators below it read
 */
public record OperatorCost(
    int depth, String operator, long nanos, long series, long points, long samplesRead) {}
