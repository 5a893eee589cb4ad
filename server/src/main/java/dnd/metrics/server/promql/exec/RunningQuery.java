package dnd.metrics.server.promql.exec;

/** A query that is being evaluated, as the list of running queries shows it. */
public record RunningQuery(String id, String query, long startedMillis) {}
