package dnd.metrics.server.promql.exec;

/**
 * A query that is being evaluated, as the list of running queries shows it.
 *
 * @param seriesRead series that its selectors found so far
 * @param samplesRead samples that were read so far
 * @param heldBytes memory that its tracker counts now
 * @param peakBytes the most that it counted
 */
public record RunningQuery(
    String id,
    String query,
    long startedMillis,
    long seriesRead,
    long samplesRead,
    long heldBytes,
    long peakBytes) {}
