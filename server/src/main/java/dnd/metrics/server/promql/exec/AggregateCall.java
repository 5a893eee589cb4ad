package dnd.metrics.server.promql.exec;

import dnd.metrics.server.promql.parse.PositionRange;

/**
 * What accumulators need to know of their aggregation.
 *
 * @param argument where the aggregated expression stands, which annotations name
 */
record AggregateCall(QueryContext context, int steps, PositionRange argument) {
  void annotate(Annotation annotation) {
    context.annotations.add(annotation);
  }

  void annotateIgnored(String aggregation) {
    annotate(Annotation.histogramIgnoredInAggregation(aggregation, argument));
  }
}
