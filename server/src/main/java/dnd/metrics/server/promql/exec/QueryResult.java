package dnd.metrics.server.promql.exec;

/** A query's answer: its value, what the user should know about it, and what it cost. */
public record QueryResult(QueryValue value, Annotations annotations, QueryStatistics statistics) {}
