package dnd.metrics.server.promql.exec;

/**
 * Operators that treat each series of a selector by itself, so that several such pipelines may go
 * over parts of the series side by side. A pipeline is for one thread.
 *
 * @param leaf where the series come from
 * @param operator what makes of them what the pipeline returns
 */
record SeriesPipeline(SeriesLeaf leaf, SeriesOperator operator) {}
